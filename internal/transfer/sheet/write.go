package sheet

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"encoding/csv"
	"encoding/xml"
	"io"
	"strconv"
)

// Writer writes a table row by row. Nothing is kept of what was written; Close ends the file but does not close
// what is below.
type Writer interface {
	Write(cells []string) error
	Close() error
}

// NewCSV writes what Excel and LibreOffice in French open rightly by a double click: UTF-8 with a byte order mark,
// semicolons between the cells, lines that end in CR LF.
func NewCSV(w io.Writer) (Writer, error) {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return nil, err
	}
	c := csv.NewWriter(w)
	c.Comma, c.UseCRLF = ';', true
	return csvWriter{c}, nil
}

type csvWriter struct{ *csv.Writer }

func (c csvWriter) Close() error {
	c.Flush()
	return c.Error()
}

// NewXLSX writes a workbook of one sheet in which all cells are text, so that no digit is lost. Rows go out as they
// come.
func NewXLSX(w io.Writer, title string) (Writer, error) {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, part := range bookParts {
		f, err := z.Create(part.name)
		if err != nil {
			return nil, err
		}
		for _, s := range part.text {
			if s == "$title" {
				err = xml.EscapeText(f, []byte(title))
			} else {
				_, err = io.WriteString(f, s)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	f, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, err
	}
	x := &xlsxWriter{zip: z, sheet: bufio.NewWriterSize(f, 32<<10)}
	_, err = x.sheet.WriteString(declaration + `<worksheet xmlns="` + spreadsheet + `"><sheetViews><sheetView workbookViewId="0">` +
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
		`<cols><col min="1" max="40" width="22" style="1" customWidth="1"/></cols><sheetData>`)
	return x, err
}

type xlsxWriter struct {
	zip   *zip.Writer
	sheet *bufio.Writer
	n     int
}

// Write fails for a row beyond what a sheet may hold.
func (x *xlsxWriter) Write(cells []string) error {
	if x.n++; x.n > rowsAtMost {
		return refuse("transfer.too_many_rows", "Max", rowsAtMost)
	}
	style := ` s="1"`
	if x.n == 1 {
		style = ` s="2"`
	}
	row := strconv.Itoa(x.n)
	x.sheet.WriteString(`<row r="` + row + `">`)
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		x.sheet.WriteString(`<c r="` + Letters(i) + row + `"` + style + ` t="inlineStr"><is><t xml:space="preserve">`)
		if err := xml.EscapeText(x.sheet, []byte(cell)); err != nil {
			return err
		}
		x.sheet.WriteString(`</t></is></c>`)
	}
	_, err := x.sheet.WriteString(`</row>`)
	return err
}

func (x *xlsxWriter) Close() error {
	if _, err := x.sheet.WriteString(`</sheetData></worksheet>`); err != nil {
		return err
	}
	if err := x.sheet.Flush(); err != nil {
		return err
	}
	return x.zip.Close()
}

// Letters names a column as spreadsheets do: 0 is A, 26 is AA.
func Letters(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}

const (
	declaration   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	spreadsheet   = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relationships = "http://schemas.openxmlformats.org/package/2006/relationships"
	document      = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	contentType   = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// bookParts are what a workbook consists of beside its sheet. Style 1 is text («@»), style 2 bold text.
var bookParts = []struct {
	name string
	text []string
}{
	{"[Content_Types].xml", []string{declaration, `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="` + contentType + `sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="` + contentType + `styles+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + contentType + `worksheet+xml"/></Types>`}},
	{"_rels/.rels", []string{declaration, `<Relationships xmlns="` + relationships + `">` +
		`<Relationship Id="rId1" Type="` + document + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`}},
	{"xl/workbook.xml", []string{declaration, `<workbook xmlns="` + spreadsheet + `" xmlns:r="` + document + `"><sheets><sheet name="`, "$title",
		`" sheetId="1" r:id="rId1"/></sheets></workbook>`}},
	{"xl/_rels/workbook.xml.rels", []string{declaration, `<Relationships xmlns="` + relationships + `">` +
		`<Relationship Id="rId1" Type="` + document + `/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + document + `/styles" Target="styles.xml"/></Relationships>`}},
	{"xl/styles.xml", []string{declaration, `<styleSheet xmlns="` + spreadsheet + `">` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`}},
}
