// Package sheet reads and writes tables in files, row by row and in little memory: CSV in the encodings and with
// the separators that spreadsheets use, and XLSX.
//
// It trusts no file: what is too large, too wide, packed like a bomb or no table at all is refused before it costs
// anything. It knows nothing of what the columns mean.
package sheet

import (
	"errors"
	"io"
	"strings"

	"github.com/entregent/entregent/internal/fault"
)

// File is the content of a file, wherever it is kept.
type File struct {
	io.ReaderAt
	Size int64 // bytes
}

// Limits say how large a table may be; zero fields take the defaults in brackets.
type Limits struct {
	Bytes    int64 // the file [256 MiB]
	Unpacked int64 // what an XLSX holds, unpacked [512 MiB]
	Strings  int   // the texts that the cells of an XLSX share, held in memory [16 MiB]
	Row      int   // one row with all its cells, in bytes [1 MiB]
	Columns  int   // [256]
}

func (l Limits) withDefaults() Limits {
	if l.Bytes == 0 {
		l.Bytes = 256 << 20
	}
	if l.Unpacked == 0 {
		l.Unpacked = 512 << 20
	}
	if l.Strings == 0 {
		l.Strings = 16 << 20
	}
	if l.Row == 0 {
		l.Row = 1 << 20
	}
	if l.Columns == 0 {
		l.Columns = 256
	}
	return l
}

// Row is one row of a table, without the blank cells at its end.
type Row struct {
	N     int // as the spreadsheet counts: the header is 1
	Cells []string
}

// Reader gives the rows of a table. It belongs to one goroutine and holds nothing that must be closed.
type Reader struct {
	Header []string // the first row, blanks around the names taken off

	rows    rows
	columns int
}

// rows is a format's own way through a file.
type rows interface {
	next() (Row, error) // io.EOF at the end; a fault.Message for what cannot be read
	progress() (read, size int64)
}

// Open finds out what a file is and reads its header, which must stand on the first row. known says whether a name
// is one that the caller expects: it helps to find the separator. A file that cannot be used is a fault.Invalid that
// says why; any other error is the ReaderAt's.
func Open(f File, l Limits, known func(name string) bool) (*Reader, error) {
	l = l.withDefaults()
	if f.Size > l.Bytes {
		return nil, refuse("transfer.file_too_large", "Max", int(l.Bytes>>20))
	}
	rows, err := open(f, l, known)
	if err != nil {
		return nil, unusable(err)
	}
	r := &Reader{rows: rows, columns: l.Columns}
	first, err := r.Next()
	if err == io.EOF {
		return nil, refuse("transfer.file_empty")
	}
	if err != nil {
		return nil, err
	}
	if first.N != 1 {
		return nil, refuse("transfer.header_not_first")
	}
	r.Header = first.Cells
	for i, name := range r.Header {
		r.Header[i] = strings.TrimSpace(name)
	}
	return r, nil
}

func open(f File, l Limits, known func(string) bool) (rows, error) {
	head := make([]byte, 4096)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	head = head[:n]
	switch {
	case len(head) == 0:
		return nil, fault.M("transfer.file_empty")
	case strings.HasPrefix(string(head), "PK\x03\x04"):
		return openXLSX(f, l)
	case strings.HasPrefix(string(head), "\xD0\xCF\x11\xE0"): // the old format of Excel, or one with a password
		return nil, fault.M("transfer.file_old_excel")
	case foreign(string(head)):
		return nil, fault.M("transfer.file_no_table")
	}
	return openText(f, l, known)
}

// foreign recognises some kinds of file that are called .csv by mistake. Others have NUL characters or no column
// that anybody knows.
func foreign(head string) bool {
	for _, magic := range [...]string{"%PDF", "\x89PNG", "\xFF\xD8\xFF", "GIF8", "{\\rtf", "<!DOCTYPE", "<html", "<?xml", "\x1F\x8B", "PK"} {
		if strings.HasPrefix(head, magic) {
			return true
		}
	}
	return false
}

// Next gives the next row that is not blank; io.EOF after the last. A file that cannot be read on is a
// fault.Invalid.
func (r *Reader) Next() (Row, error) {
	for {
		row, err := r.rows.next()
		if err != nil {
			return Row{}, unusable(err)
		}
		row.Cells = withoutTail(row.Cells)
		if len(row.Cells) > r.columns {
			return Row{}, unusable(tooWide(row.N, r.columns))
		}
		if len(row.Cells) > 0 {
			return row, nil
		}
	}
}

func withoutTail(cells []string) []string {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// Progress says how much of the file has been read, in units of its own.
func (r *Reader) Progress() (read, size int64) { return r.rows.progress() }

// unusable makes a refusal of a message; other errors are passed on.
func unusable(err error) error {
	var m fault.Message
	if errors.As(err, &m) {
		return fault.Of(fault.Invalid, m)
	}
	return err
}

func refuse(key string, args ...any) error { return fault.New(fault.Invalid, key, args...) }
