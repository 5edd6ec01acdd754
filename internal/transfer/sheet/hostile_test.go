package sheet_test

import (
	"archive/zip"
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/transfer/sheet"
)

// endless is a file of one and the same letter.
type endless byte

func (e endless) ReadAt(p []byte, _ int64) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

// readAll reads a file until it ends or is refused, and says how much memory that took in all.
func readAll(f sheet.File) (rows int, allocated uint64, err error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	defer func() {
		runtime.ReadMemStats(&after)
		allocated = after.TotalAlloc - before.TotalAlloc
	}()
	r, err := sheet.Open(f, sheet.Limits{}, known)
	for err == nil {
		if _, err = r.Next(); err == nil {
			rows++
		}
	}
	return rows, 0, err
}

func TestHostile(t *testing.T) {
	row := `<row><c t="inlineStr"><is><t>x</t></is></c></row>`
	for _, c := range []struct {
		name, key string
		file      sheet.File
	}{
		{"an empty file", "transfer.file_empty", file("")},
		{"a file of blank lines", "transfer.file_empty", file("\n\n  \n")},
		{"a header that is not on the first row", "transfer.header_not_first", file("\n\nNom;Prénom\n")},
		{"a PDF called .csv", "transfer.file_no_table", file("%PDF-1.7\n%âãÏÓ\n1 0 obj\n")},
		{"a PNG called .csv", "transfer.file_no_table", file("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")},
		{"a web page called .csv", "transfer.file_no_table", file("<!DOCTYPE html><title>Nom;Prénom</title>")},
		{"NUL characters", "transfer.file_no_table", file("Nom;Prénom\nA;B\x00C\n" + strings.Repeat("D;E\n", 300))},
		{"an old Excel file", "transfer.file_old_excel", file("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")},
		{"a gigabyte on one line", "transfer.file_too_large", sheet.File{ReaderAt: endless('a'), Size: 1 << 30}},
		{"200 MB on one line", "transfer.row_too_long", sheet.File{ReaderAt: endless('a'), Size: 200 << 20}},
		{"a quotation mark that never ends", "transfer.row_too_long", file("Nom;Prénom\nA;\"B\n" + strings.Repeat("C;D\n", 1<<20))},
		{"a million columns", "transfer.too_many_columns", file(strings.Repeat("a;", 1_000_000/2) + "\n")},
		{"a million columns in a later row", "transfer.row_too_long", file("Nom,Prénom\n" + strings.Repeat("ab,", 1_000_000) + "\n")},
		{"a ZIP that is no workbook", "transfer.file_no_table", zipped(t, "Nom.csv", "Nom;Prénom\n")},
		{"half a ZIP", "transfer.file_broken", file("PK\x03\x04" + strings.Repeat("x", 5000))},
		{"an OpenDocument table", "transfer.file_open_document", zipped(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<x/>")},
		{"a ZIP bomb", "transfer.file_unpacked", workbook(t, strings.Repeat(" ", 64<<20))},
		{"a bomb within what is plainly packed", "transfer.file_unpacked", workbook(t, `<row><c><v>`+strings.Repeat("1", 10<<20)+`</v></c></row>`)},
		{"one attribute of 10 MB", "transfer.file_unpacked", workbook(t, `<row r="`+strings.Repeat("1", 10<<20)+`"></row>`)},
		{"a comment of 10 MB", "transfer.file_unpacked", workbook(t, `<!--`+strings.Repeat("<", 10<<20)+`-->`)},
		{"an XML bomb", "transfer.file_unpacked", workbookOf(t, `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>`)},
		{"more shared texts than memory may hold", "transfer.file_unpacked", zipped(t,
			"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
			"xl/worksheets/sheet1.xml", `<worksheet/>`, "xl/sharedStrings.xml", `<sst>`+strings.Repeat(`<si><t>`+strings.Repeat("x", 1<<19)+`</t></si>`, 33)+`</sst>`)},
		{"a million columns in a workbook", "transfer.too_many_columns", workbook(t, `<row>`+strings.Repeat(`<c><v>1</v></c>`, 400_000)+`</row>`)},
		{"a cell in column a million", "transfer.too_many_columns", workbook(t, `<row><c r="BDWGN1"><v>1</v></c></row>`)},
		{"a cell far beyond", "transfer.too_many_columns", workbook(t, `<row><c r="ZZZZZZZZ1"><v>1</v></c></row>`)},
		{"rows that go backwards", "transfer.file_broken", workbook(t, `<row r="1"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>`)},
		{"a shared text that is not there", "transfer.file_broken", workbook(t, `<row><c t="s"><v>7</v></c></row>`)},
		{"a sheet that ends amid a row", "transfer.file_broken", workbookOf(t, `<worksheet><sheetData>`+row+`<row><c>`)},
		{"a directory of half a million parts", "transfer.file_broken", directory(t, 500_000)},
	} {
		t.Run(c.name+" is refused, in little memory", func(t *testing.T) {
			_, allocated, err := readAll(c.file)
			wantRefusal(t, err, c.key)
			if allocated > 60<<20 {
				t.Errorf("%d MB", allocated>>20)
			}
		})
	}
}

func TestMemory(t *testing.T) {
	t.Run("a hundred thousand rows are read in the memory of a few", func(t *testing.T) {
		content := "Nom;Prénom\n" + strings.Repeat("DUPONT;Élodie Françoise\n", 100_000)
		r := open(t, file(content))
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for n := 0; ; n++ {
			if _, err := r.Next(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if n%20_000 == 19_999 {
				runtime.GC()
				runtime.ReadMemStats(&now)
				if grown := int64(now.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
					t.Errorf("after %d rows %d bytes more", n+1, grown)
				}
			}
		}
	})
}

func zipped(t *testing.T, namesAndTexts ...string) sheet.File {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(namesAndTexts); i += 2 {
		w, err := z.Create(namesAndTexts[i])
		if err == nil {
			_, err = io.WriteString(w, namesAndTexts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file(b.Bytes())
}

func workbook(t *testing.T, rows string) sheet.File {
	return workbookOf(t, `<worksheet><sheetData>`+rows+`</sheetData></worksheet>`)
}

func workbookOf(t *testing.T, sheet1 string) sheet.File {
	return zipped(t,
		"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", sheet1)
}

func directory(t *testing.T, parts int) sheet.File {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for range parts {
		if _, err := z.CreateHeader(&zip.FileHeader{Name: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file(b.Bytes())
}
