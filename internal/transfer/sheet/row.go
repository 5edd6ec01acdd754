package sheet

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
)

// xlsxRows reads a sheet.
type xlsxRows struct {
	d      *tokens
	shared *texts
	n      int
}

func (x *xlsxRows) progress() (read, size int64) { return min(x.d.read.n, x.d.size), x.d.size }

func (x *xlsxRows) next() (Row, error) {
	for {
		token, err := x.d.next()
		if err != nil {
			return Row{}, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "row" {
				return x.row(token)
			}
		case xml.EndElement:
			if token.Name.Local == "sheetData" {
				return Row{}, io.EOF
			}
		}
	}
}

func (x *xlsxRows) row(e xml.StartElement) (Row, error) {
	n := x.n + 1
	if r := attribute(e, "r"); r != "" {
		v, err := strconv.Atoi(r)
		if err != nil || v < n {
			return Row{}, errBroken
		}
		n = v
	}
	if n > rowsAtMost {
		return Row{}, errBroken
	}
	x.n = n
	row, size := Row{N: n}, 0
	for {
		token, err := x.d.next()
		if err != nil {
			return Row{}, noEnd(err)
		}
		switch token := token.(type) {
		case xml.EndElement:
			if token.Name.Local == "row" {
				return row, nil
			}
		case xml.StartElement:
			if token.Name.Local != "c" {
				continue
			}
			text, err := x.cell(token)
			if err != nil {
				return Row{}, noEnd(err)
			}
			if size += len(text) + 1; size > x.d.limit {
				return Row{}, tooLong(n, x.d.limit)
			}
			if err := row.set(column(attribute(token, "r"), len(row.Cells)), text); err != nil {
				return Row{}, err
			}
		}
	}
}

// set puts a cell into its column; blank ones far out, which carry a format alone, are passed over.
func (r *Row) set(column int, text string) error {
	switch {
	case column >= columnsAtMost:
		return tooWide(r.N, columnsAtMost)
	case column < len(r.Cells):
		return errBroken
	case strings.TrimSpace(text) == "" && column > len(r.Cells):
		return nil
	}
	for len(r.Cells) < column {
		r.Cells = append(r.Cells, "")
	}
	r.Cells = append(r.Cells, text)
	return nil
}

// column reads the letters of «BC12»: 54; without, it is the next one.
func column(reference string, next int) int {
	n := 0
	for _, c := range strings.ToUpper(reference) {
		if c < 'A' || c > 'Z' || n > 1<<20 {
			break
		}
		n = n*26 + int(c-'A'+1)
	}
	if n == 0 {
		return next
	}
	return n - 1
}

// cell gives the text of a cell, of a number its plain digits.
func (x *xlsxRows) cell(e xml.StartElement) (string, error) {
	kind, text := attribute(e, "t"), ""
	for {
		token, err := x.d.next()
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch token.Name.Local {
			case "v":
				text, err = x.d.text("v")
			case "is":
				text, err = x.d.text("is")
			}
			if err != nil {
				return "", err
			}
		case xml.EndElement:
			if token.Name.Local == "c" {
				return x.meaning(kind, text)
			}
		}
	}
}

func (x *xlsxRows) meaning(kind, text string) (string, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(text)
		s, ok := x.shared.at(i)
		if err != nil || !ok {
			return "", errBroken
		}
		return s, nil
	case "", "n":
		return digits(text), nil
	}
	return text, nil
}

// digits writes a number without exponent: a SIRET in a cell of numbers is kept as 8.1245739800012E13.
func digits(s string) string {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f > 1e15 || f < -1e15 {
		return s
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// noEnd makes a refusal of a part that ends amid a row.
func noEnd(err error) error {
	if err == io.EOF {
		return errBroken
	}
	return err
}
