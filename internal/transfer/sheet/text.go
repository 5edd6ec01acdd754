package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/entregent/entregent/internal/fault"
)

// separators are what CSV files are parted by, the likeliest first.
const separators = ";,\t"

// text is how a file of text is to be read.
type text struct {
	file     File
	skip     int64 // a byte order mark
	encoding encoding.Encoding
	macLines bool // lines end in CR alone
}

// openText finds the encoding and the separator: the one that makes most known names of the header.
func openText(f File, l Limits, known func(string) bool) (rows, error) {
	t, err := probe(f, l)
	if err != nil {
		return nil, err
	}
	best, most := rune(separators[0]), -1
	for _, separator := range separators {
		header, err := newTextRows(t, l.Row, separator).next()
		if err != nil && err != io.EOF {
			return nil, err
		}
		score := 0
		for _, name := range header.Cells {
			if known(name) {
				score += 1 << 10
			}
		}
		if score += min(len(header.Cells), 1<<9); score > most {
			best, most = separator, score
		}
	}
	return newTextRows(t, l.Row, best), nil
}

// probe reads the file through once: its encoding cannot be told from the header alone, which may be all ASCII.
func probe(f File, l Limits) (text, error) {
	t := text{file: f, encoding: unicode.UTF8}
	var s scan
	block := make([]byte, 64<<10)
	for at := int64(0); at < f.Size; {
		n, err := f.ReadAt(block, at)
		if n == 0 && err != nil {
			return t, err
		}
		b := block[:n]
		if at == 0 {
			if wide(b, l.Columns) {
				return t, tooWide(1, l.Columns)
			}
			if t.mark(b); t.encoding != unicode.UTF8 {
				return t, nil // in UTF-16 nothing more is to be found out
			}
		}
		at += int64(n)
		if err := s.read(b, l.Row); err != nil {
			return t, err
		}
	}
	t.macLines = s.cr && !s.lf
	if s.invalid += len(s.carry); s.invalid > s.valid && t.skip == 0 {
		t.encoding = charmap.Windows1252
	}
	return t, nil
}

// wide reports whether the first line has far more separators than there may be columns.
func wide(b []byte, columns int) bool {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	for _, separator := range separators {
		if bytes.Count(line, []byte(string(separator))) > 8*columns {
			return true
		}
	}
	return false
}

// mark sees a byte order mark, or the NULs that every second byte is in UTF-16.
func (t *text) mark(b []byte) {
	little, big := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	var even, odd int
	head := b[:min(len(b), 512)]
	for i, c := range head {
		if c == 0 && i%2 == 0 {
			even++
		} else if c == 0 {
			odd++
		}
	}
	switch {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		t.skip = 3
	case bytes.HasPrefix(b, []byte("\xFF\xFE")):
		t.skip, t.encoding = 2, little
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		t.skip, t.encoding = 2, big
	case odd > len(head)/4 && even == 0:
		t.encoding = little
	case even > len(head)/4 && odd == 0:
		t.encoding = big
	}
}

// scan is what is seen of a file while it is read through.
type scan struct {
	valid, invalid int    // characters of UTF-8 beyond ASCII, and bytes that are none
	carry          []byte // the beginning of a character at the end of a block
	lines, line    int    // ends of lines, and bytes since the last
	cr, lf         bool
}

func (s *scan) read(b []byte, rowLimit int) error {
	if bytes.IndexByte(b, 0) >= 0 {
		return fault.M("transfer.file_no_table")
	}
	s.cr = s.cr || bytes.IndexByte(b, '\r') >= 0
	if end := bytes.LastIndexAny(b, "\r\n"); end >= 0 {
		s.lf = s.lf || bytes.IndexByte(b, '\n') >= 0
		s.lines += bytes.Count(b, []byte("\n"))
		s.line = len(b) - end
	} else if s.line += len(b); s.line > rowLimit {
		return tooLong(s.lines+1, rowLimit)
	}
	b = append(s.carry, b...)
	s.carry = nil
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[ascii(b):]
			continue
		}
		r, size := utf8.DecodeRune(b)
		switch {
		case r != utf8.RuneError || size > 1:
			s.valid++
		case !utf8.FullRune(b):
			s.carry = bytes.Clone(b)
			return nil
		default:
			s.invalid++
		}
		b = b[size:]
	}
	return nil
}

// ascii is how many bytes of ASCII b begins with.
func ascii(b []byte) int {
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return i
		}
	}
	return len(b)
}

// textRows reads records. csv.Reader bears what spreadsheets write; the meter under it bears what they do not.
type textRows struct {
	csv   *csv.Reader
	meter *meter
	bytes *counter
	limit int
	n     int // row given last
	line  int // of the text, at the end of that row
	size  int64
}

func newTextRows(t text, limit int, separator rune) *textRows {
	c := &counter{r: io.NewSectionReader(t.file, t.skip, t.file.Size-t.skip)}
	var r io.Reader = c
	if t.encoding != unicode.UTF8 {
		r = transform.NewReader(c, t.encoding.NewDecoder())
	}
	if t.macLines {
		r = transform.NewReader(r, newlines{})
	}
	m := &meter{r: r}
	rows := &textRows{meter: m, bytes: c, limit: limit, size: t.file.Size, csv: csv.NewReader(m)}
	rows.csv.Comma, rows.csv.LazyQuotes, rows.csv.FieldsPerRecord = separator, true, -1
	return rows
}

func (t *textRows) next() (Row, error) {
	t.meter.left = t.limit
	cells, err := t.csv.Read()
	switch {
	case errors.Is(err, errMeter):
		return Row{}, tooLong(t.n+1, t.limit)
	case err != nil:
		return Row{}, err
	}
	start, _ := t.csv.FieldPos(0)
	last, _ := t.csv.FieldPos(len(cells) - 1)
	t.n += start - t.line // blank lines count as rows
	t.line = last + strings.Count(cells[len(cells)-1], "\n")
	for _, c := range cells {
		if strings.IndexByte(c, 0) >= 0 { // in UTF-16
			return Row{}, fault.M("transfer.file_no_table")
		}
	}
	return Row{t.n, cells}, nil
}

func tooWide(row, columns int) error {
	return fault.M("transfer.too_many_columns", "Row", row, "Max", columns)
}

func tooLong(row, limit int) error {
	return fault.M("transfer.row_too_long", "Row", row, "Max", limit>>10)
}

func (t *textRows) progress() (read, size int64) { return min(t.bytes.n, t.size), t.size }

// counter counts what was read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// meter gives no more than left bytes; who reads on renews left.
type meter struct {
	r    io.Reader
	left int
}

var errMeter = errors.New("sheet: more than one row may hold")

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errMeter
	}
	n, err := m.r.Read(p[:min(len(p), m.left)])
	m.left -= n
	return n, err
}

// newlines turns CR into LF.
type newlines struct{ transform.NopResetter }

func (newlines) Transform(dst, src []byte, _ bool) (int, int, error) {
	n := copy(dst, src)
	for i, c := range dst[:n] {
		if c == '\r' {
			dst[i] = '\n'
		}
	}
	if n < len(src) {
		return n, n, transform.ErrShortDst
	}
	return n, n, nil
}
