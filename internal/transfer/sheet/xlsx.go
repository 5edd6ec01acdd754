package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/entregent/entregent/internal/fault"
)

// Our own reader, because a library that takes a workbook whole cannot keep to the limits: one cell of a small file
// may unpack to gigabytes. Only the parts that hold the first sheet are unpacked, token by token.

const (
	directoryLimit = 1 << 20   // bytes of a zip's directory: a workbook has some dozen parts
	plainlyPacked  = 16 << 20  // up to here a part may be packed as tightly as it likes
	packedAtMost   = 200       // times; beyond, it is a bomb (sheets pack 10 to 50 times)
	rowsAtMost     = 1_048_576 // of a sheet, in every program
	columnsAtMost  = 16_384    // likewise
)

var (
	errBroken = fault.M("transfer.file_broken")
	errBomb   = fault.M("transfer.file_unpacked")
	errBook   = fault.M("transfer.file_no_table")
)

// book is an opened workbook.
type book struct {
	gate  *gate
	parts map[string]*zip.File
	l     Limits
}

func openXLSX(f File, l Limits) (rows, error) {
	gate := &gate{ReaderAt: f, left: directoryLimit}
	z, err := zip.NewReader(gate, f.Size)
	if err != nil {
		return nil, gate.or(errBroken)
	}
	gate.left = -1
	b := book{gate: gate, parts: make(map[string]*zip.File, len(z.File)), l: l}
	for _, part := range z.File {
		b.parts[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(part.Name, `\`, "/"), "/"))] = part
	}
	switch {
	case b.parts["xl/workbook.xml"] != nil:
	case b.parts["mimetype"] != nil && b.parts["content.xml"] != nil:
		return nil, fault.M("transfer.file_open_document")
	case b.parts["xl/workbook.bin"] != nil:
		return nil, fault.M("transfer.file_old_excel")
	default:
		return nil, errBook
	}
	name, err := b.firstSheet()
	if err != nil {
		return nil, err
	}
	shared, err := b.sharedTexts()
	if err != nil {
		return nil, err
	}
	d, err := b.open(name)
	if err != nil {
		return nil, err
	}
	return &xlsxRows{d: d, shared: shared}, nil
}

// gate bounds what is read while the directory is, and remembers when it was not the file that failed.
type gate struct {
	io.ReaderAt
	left int // bytes; negative = no bound
	err  error
}

func (g *gate) ReadAt(p []byte, at int64) (int, error) {
	if g.left >= 0 {
		if g.left -= len(p); g.left < 0 {
			g.left = 0
			return 0, errBroken
		}
	}
	n, err := g.ReaderAt.ReadAt(p, at)
	if err != nil && err != io.EOF {
		g.err = err
	}
	return n, err
}

// or is err, unless the file could not be read at all.
func (g *gate) or(err error) error {
	if g.err != nil {
		return g.err
	}
	return err
}

// open gives a part token by token.
func (b book) open(name string) (*tokens, error) {
	part := b.parts[strings.ToLower(name)]
	if part == nil {
		return nil, errBroken
	}
	size := part.UncompressedSize64
	if size > uint64(b.l.Unpacked) || size > plainlyPacked && size > packedAtMost*part.CompressedSize64 {
		return nil, errBomb
	}
	r, err := part.Open()
	if err != nil {
		return nil, b.gate.or(errBroken)
	}
	c := &counter{r: r}
	m := &meter{r: c}
	return &tokens{Decoder: xml.NewDecoder(m), gate: b.gate, meter: m, read: c, size: int64(size), limit: b.l.Row}, nil
}

// tokens is a part of the workbook. No token is larger than a row may be.
type tokens struct {
	*xml.Decoder
	gate  *gate
	meter *meter
	read  *counter
	size  int64
	limit int
}

// next is the next start, end or text; io.EOF at the end.
func (t *tokens) next() (xml.Token, error) {
	for {
		t.meter.left = t.limit
		token, err := t.RawToken()
		switch {
		case err == io.EOF:
			return nil, err
		case errors.Is(err, errMeter):
			return nil, errBomb
		case err != nil:
			return nil, t.gate.or(errBroken)
		}
		switch token.(type) {
		case xml.StartElement, xml.EndElement, xml.CharData:
			return token, nil
		case xml.Directive: // no spreadsheet writes a document type; entities would hide in it
			return nil, errBomb
		}
	}
}

// each calls fn with every start of an element.
func (t *tokens) each(fn func(xml.StartElement) error) error {
	for {
		token, err := t.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok {
			if err := fn(start); err != nil {
				return err
			}
		}
	}
}

// text reads on to the end of the element and gives the text within, without that of the elements named rPh
// (how Japanese is pronounced).
func (t *tokens) text(end string) (string, error) {
	var b []byte
	aside, inText := 0, end == "v"
	for {
		token, err := t.next()
		if err == io.EOF {
			return "", errBroken
		}
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "rPh" {
				aside++
			}
			inText = token.Name.Local == "t" && aside == 0
		case xml.EndElement:
			switch token.Name.Local {
			case end:
				return string(b), nil
			case "rPh":
				aside--
			}
			inText = false
		case xml.CharData:
			if inText {
				if b = append(b, token...); len(b) > t.limit {
					return "", errBomb
				}
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// firstSheet is the part that holds the first sheet which is shown.
func (b book) firstSheet() (string, error) {
	d, err := b.open("xl/workbook.xml")
	if err != nil {
		return "", err
	}
	id := ""
	err = d.each(func(e xml.StartElement) error {
		if e.Name.Local == "sheet" && id == "" && !strings.HasSuffix(strings.ToLower(attribute(e, "state")), "hidden") {
			for _, a := range e.Attr {
				if a.Name.Local == "id" && a.Name.Space != "" {
					id = a.Value
				}
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if d, err = b.open("xl/_rels/workbook.xml.rels"); err != nil {
		return "", err
	}
	target := ""
	err = d.each(func(e xml.StartElement) error {
		if e.Name.Local == "Relationship" && attribute(e, "Id") == id {
			target = attribute(e, "Target")
		}
		return nil
	})
	if err != nil || target == "" {
		return "", errors.Join(err, errBroken)
	}
	if strings.HasPrefix(target, "/") {
		return target[1:], nil
	}
	return path.Join("xl", target), nil
}

// texts are the shared texts of a workbook, end to end.
type texts struct {
	all  []byte
	ends []uint32
}

func (t *texts) at(i int) (string, bool) {
	if i < 0 || i >= len(t.ends) {
		return "", false
	}
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return string(t.all[start:t.ends[i]]), true
}

func (b book) sharedTexts() (*texts, error) {
	var t texts
	const name = "xl/sharedstrings.xml"
	if b.parts[name] == nil {
		return &t, nil
	}
	d, err := b.open(name)
	if err != nil {
		return nil, err
	}
	t.all = make([]byte, 0, min(d.size, int64(b.l.Strings)))
	err = d.each(func(e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := d.text("si")
		if err != nil {
			return err
		}
		if len(t.all)+len(s)+4*len(t.ends) > b.l.Strings {
			return errBomb
		}
		t.all = append(t.all, s...)
		t.ends = append(t.ends, uint32(len(t.all)))
		return nil
	})
	return &t, err
}
