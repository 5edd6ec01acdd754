package sheet_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/entregent/entregent/internal/transfer/sheet"
)

// excelize stands for the other programs that write and read workbooks.

func TestReadXLSX(t *testing.T) {
	written := func(t *testing.T, fill func(f *excelize.File)) sheet.File {
		t.Helper()
		f := excelize.NewFile()
		defer f.Close()
		fill(f)
		b, err := f.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		return file(b.Bytes())
	}
	set := func(t *testing.T, f *excelize.File, name, cell string, v any) {
		t.Helper()
		if err := f.SetCellValue(name, cell, v); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("texts, numbers without exponent, rich text, gaps and blank rows are read as they are shown", func(t *testing.T) {
		r := open(t, written(t, func(f *excelize.File) {
			for cell, v := range map[string]any{
				"A1": "Nom", "B1": " Prénom ", "C1": "SIRET",
				"A2": "DUPONT", "B2": "Élodie", "C2": 81245739800020,
				"A5": "MARTIN", "C5": "812 457 398 00020", "B6": 612345678, "C6": 1.5,
			} {
				set(t, f, "Sheet1", cell, v)
			}
			if err := f.SetCellRichText("Sheet1", "B5", []excelize.RichTextRun{{Text: "Jean-"}, {Text: "Luc", Font: &excelize.Font{Bold: true}}}); err != nil {
				t.Fatal(err)
			}
		}))
		want := []sheet.Row{
			{N: 2, Cells: []string{"DUPONT", "Élodie", "81245739800020"}},
			{N: 5, Cells: []string{"MARTIN", "Jean-Luc", "812 457 398 00020"}},
			{N: 6, Cells: []string{"", "612345678", "1.5"}},
		}
		got := all(t, r)
		if !slices.Equal(r.Header, []string{"Nom", "Prénom", "SIRET"}) || !slices.EqualFunc(got, want, func(a, b sheet.Row) bool { return a.N == b.N && slices.Equal(a.Cells, b.Cells) }) {
			t.Errorf("%q %v", r.Header, got)
		}
	})
	t.Run("the first sheet that is shown counts, whatever its place in the file", func(t *testing.T) {
		r := open(t, written(t, func(f *excelize.File) {
			if _, err := f.NewSheet("Data"); err != nil {
				t.Fatal(err)
			}
			set(t, f, "Sheet1", "A1", "hidden")
			set(t, f, "Data", "A1", "Nom")
			f.SetActiveSheet(1)
			if err := f.SetSheetVisible("Sheet1", false); err != nil {
				t.Fatal(err)
			}
		}))
		if !slices.Equal(r.Header, []string{"Nom"}) {
			t.Errorf("%q", r.Header)
		}
	})
	t.Run("LibreOffice says of each sheet that it is visible", func(t *testing.T) {
		r := open(t, zipped(t,
			"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" state="visible" r:id="rId2"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId2" Target="/xl/worksheets/sheet1.xml"/></Relationships>`,
			"xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1" t="str"><f>"N"</f><v>Nom</v></c></row></sheetData></worksheet>`))
		if !slices.Equal(r.Header, []string{"Nom"}) {
			t.Errorf("%q", r.Header)
		}
	})
	t.Run("a large workbook is streamed: its rows cost no more memory the more there are", func(t *testing.T) {
		f := excelize.NewFile()
		defer f.Close()
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			t.Fatal(err)
		}
		for n := range 20_000 {
			cell, _ := excelize.CoordinatesToCellName(1, n+1)
			if err := w.SetRow(cell, []any{"Nom", n, "Élodie"}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		b, err := f.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		r := open(t, file(b.Bytes()))
		if rows := all(t, r); len(rows) != 19_999 || rows[19_998].Cells[1] != "19999" {
			t.Errorf("%d rows", len(rows))
		}
		if read, size := r.Progress(); read == 0 || size-read > 64<<10 {
			t.Errorf("%d of %d", read, size)
		}
	})
}

func TestWriteXLSX(t *testing.T) {
	table := [][]string{
		{"SIRET", "Nom", "Prénom"},
		{"81245739800020", "L’Étang & <fils>", "Zoé"},
		{"", "'=1+1", "  "},
		{"06 39 98 00 00", "", "\"x\""},
	}
	var b bytes.Buffer
	w, err := sheet.NewXLSX(&b, "Contacts")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range table {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Run("another program reads what was written, all cells as text", func(t *testing.T) {
		f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if f.GetSheetName(0) != "Contacts" {
			t.Errorf("sheet %q", f.GetSheetName(0))
		}
		rows, err := f.GetRows("Contacts")
		if err != nil || len(rows) != len(table) {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for i, row := range rows {
			for j, cell := range row {
				if cell != table[i][j] {
					t.Errorf("row %d: %q, want %q", i+1, cell, table[i][j])
				}
			}
		}
		kind, err := f.GetCellType("Contacts", "A2")
		if err != nil || kind != excelize.CellTypeInlineString {
			t.Errorf("a SIRET is of type %v (%v)", kind, err)
		}
	})
	t.Run("we read it ourselves", func(t *testing.T) {
		r := open(t, file(b.Bytes()))
		rows := all(t, r)
		if !slices.Equal(r.Header, table[0]) || len(rows) != 3 || !slices.Equal(rows[0].Cells, table[1]) || rows[1].Cells[1] != "'=1+1" {
			t.Errorf("%q %v", r.Header, rows)
		}
	})
}
