package main

import (
	"archive/zip"
	"bufio"
	"fmt"
	"os"
	"strings"
)

// The parts of a workbook that no program leaves out, around one sheet.
var workbookParts = [][2]string{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`},
	{"xl/workbook.xml", `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`},
}

// writeWorkbook writes the rows as an XLSX, each cell with its text. Nothing in the texts needs to be escaped.
func writeWorkbook(path string, rows int, row func(n int) []string) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for _, part := range workbookParts {
		w, err := z.Create(part[0])
		if err != nil {
			return err
		}
		if _, err := w.Write([]byte(part[1])); err != nil {
			return err
		}
	}
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	fmt.Fprint(b, `<worksheet><sheetData>`)
	for n := range rows {
		fmt.Fprintf(b, `<row r="%d"><c t="inlineStr"><is><t>%s</t></is></c></row>`, n+1, strings.Join(row(n), `</t></is></c><c t="inlineStr"><is><t>`))
	}
	fmt.Fprint(b, `</sheetData></worksheet>`)
	if err := b.Flush(); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}
