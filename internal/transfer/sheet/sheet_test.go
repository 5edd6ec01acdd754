package sheet_test

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

func file[B string | []byte](content B) sheet.File {
	return sheet.File{ReaderAt: bytes.NewReader([]byte(content)), Size: int64(len(content))}
}

func known(name string) bool {
	return slices.Contains([]string{"Nom", "Prénom", "SIRET"}, strings.TrimSpace(name))
}

func open(t *testing.T, f sheet.File) *sheet.Reader {
	t.Helper()
	r, err := sheet.Open(f, sheet.Limits{}, known)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// all reads what is left, each row as its number and its cells.
func all(t *testing.T, r *sheet.Reader) (rows []sheet.Row) {
	t.Helper()
	for {
		row, err := r.Next()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

func encode(t *testing.T, e encoding.Encoding, s string) string {
	t.Helper()
	s, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEncodings(t *testing.T) {
	const text = "Nom;Prénom\r\nDUPONT;Élodie\r\nŒuvrard;Zoé\r\n"
	// An accent that comes late: the header alone would pass for UTF-8.
	const late = "Nom;SIRET\nDUPONT;1\nMüller;2\n"
	for name, content := range map[string]string{
		"UTF-8":                   text,
		"UTF-8 with a mark":       "\uFEFF" + text,
		"UTF-16 LE with a mark":   encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text),
		"UTF-16 BE with a mark":   encode(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), text),
		"UTF-16 LE without mark":  encode(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), text),
		"UTF-16 BE without mark":  encode(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), text),
		"Windows-1252":            encode(t, charmap.Windows1252, text),
		"lines that end in LF":    strings.ReplaceAll(text, "\r\n", "\n"),
		"lines that end in CR":    strings.ReplaceAll(text, "\r\n", "\r"),
		"no end of the last line": strings.TrimSpace(text),
	} {
		t.Run("a file is read rightly in "+name, func(t *testing.T) {
			r := open(t, file(content))
			rows := all(t, r)
			if !slices.Equal(r.Header, []string{"Nom", "Prénom"}) || len(rows) != 2 ||
				!slices.Equal(rows[0].Cells, []string{"DUPONT", "Élodie"}) || !slices.Equal(rows[1].Cells, []string{"Œuvrard", "Zoé"}) {
				t.Errorf("%q %v", r.Header, rows)
			}
		})
	}
	t.Run("Windows-1252 is recognised wherever its first accent stands", func(t *testing.T) {
		long := strings.Repeat("Durand;3\n", 100_000)
		rows := all(t, open(t, file(encode(t, charmap.Windows1252, strings.Replace(late, "Müller", long+"Müller", 1)))))
		if last := rows[len(rows)-1]; last.Cells[0] != "Müller" || last.N != 100_003 {
			t.Errorf("%v", last)
		}
	})
	t.Run("a broken character in a file of UTF-8 stays broken and does not change how the rest is read", func(t *testing.T) {
		rows := all(t, open(t, file("Nom;Prénom\nDU\xE9PONT;Élodie\n")))
		if rows[0].Cells[0] != "DU\xE9PONT" || rows[0].Cells[1] != "Élodie" {
			t.Errorf("%v", rows)
		}
	})
}

func TestRows(t *testing.T) {
	for name, separator := range map[string]string{"commas": ",", "semicolons": ";", "tabs": "\t"} {
		t.Run("columns are parted by "+name, func(t *testing.T) {
			r := open(t, file("Nom"+separator+"Prénom"+separator+"Fonction, rang; grade\n\"a"+separator+"b\""+separator+"c\n"))
			rows := all(t, r)
			if r.Header[1] != "Prénom" || rows[0].Cells[0] != "a"+separator+"b" || rows[0].Cells[1] != "c" {
				t.Errorf("%q %v", r.Header, rows)
			}
		})
	}
	t.Run("rows are counted as a spreadsheet counts them: blank lines too, lines within a cell not", func(t *testing.T) {
		rows := all(t, open(t, file("Nom;Prénom\nA;1\n\n;;;\nB;\"2\n2\n2\"\n\nC;3\n")))
		var numbers []int
		for _, r := range rows {
			numbers = append(numbers, r.N)
		}
		if !slices.Equal(numbers, []int{2, 5, 7}) || rows[1].Cells[1] != "2\n2\n2" {
			t.Errorf("%v %v", numbers, rows)
		}
	})
	t.Run("a quotation mark amid a cell is a character like any other", func(t *testing.T) {
		rows := all(t, open(t, file("Nom;Prénom\nDUPONT;Jean \"Jo\"\nMARTIN;Zoé\n")))
		if len(rows) != 2 || rows[0].Cells[1] != `Jean "Jo"` {
			t.Errorf("%v", rows)
		}
	})
	t.Run("progress ends where the file ends", func(t *testing.T) {
		r := open(t, file("Nom;Prénom\n"+strings.Repeat("A;B\n", 10_000)))
		all(t, r)
		if read, size := r.Progress(); read != size || size < 40_000 {
			t.Errorf("%d of %d", read, size)
		}
	})
}

func TestCSV(t *testing.T) {
	t.Run("what is written is read back, whatever it is", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			cell := rapid.StringMatching(`[ a-zÉœ'"=+@;,\t.0-9-]{0,12}`)
			table := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 3), 1, 5).Draw(rt, "table")
			var b bytes.Buffer
			w, err := sheet.NewCSV(&b)
			if err != nil {
				rt.Fatal(err)
			}
			write := func(cells []string) {
				if err := w.Write(cells); err != nil {
					rt.Fatal(err)
				}
			}
			write([]string{"Nom", "Prénom", "SIRET"})
			for _, row := range table {
				escaped := []string{"x"} // no row is blank
				for _, c := range row {
					escaped = append(escaped, sheet.Escape(c))
				}
				write(append(escaped, "x"))
			}
			if err := w.Close(); err != nil {
				rt.Fatal(err)
			}
			r, err := sheet.Open(file(b.Bytes()), sheet.Limits{}, known)
			if err != nil {
				rt.Fatal(err)
			}
			for _, want := range table {
				got, err := r.Next()
				if err != nil {
					rt.Fatal(err)
				}
				for i, c := range want {
					if sheet.Unescape(got.Cells[i+1]) != c {
						rt.Fatalf("%q became %q", c, got.Cells[i+1])
					}
				}
			}
		})
	})
	t.Run("it begins with a mark, has semicolons and lines that end in CR LF", func(t *testing.T) {
		var b bytes.Buffer
		w, _ := sheet.NewCSV(&b)
		_ = w.Write([]string{"a", "b c", "d;e"})
		_ = w.Close()
		if b.String() != "\uFEFFa;b c;\"d;e\"\r\n" {
			t.Errorf("%q", b.String())
		}
	})
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+33": "'+33", "-Dupont": "'-Dupont", "@here": "'@here", "\tx": "'\tx", "\rx": "'\rx",
		"'=1+1": "''=1+1", "'t Hooft": "'t Hooft", "": "", "'": "'", "Dupont": "Dupont",
		"007": "'007", "1.50": "'1.50", "1e5": "'1e5", "12345678901234567": "'12345678901234567", "1789": "1789", "0": "0", "3 Suisses": "3 Suisses",
	} {
		t.Run("a cell that a spreadsheet would change gets an apostrophe: "+in, func(t *testing.T) {
			if got := sheet.Escape(in); got != want {
				t.Errorf("%q, want %q", got, want)
			}
			if got := sheet.Unescape(want); got != in {
				t.Errorf("back: %v", got)
			}
		})
	}
}

func wantRefusal(t *testing.T, err error, key string) {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid || f.Message.Key != key {
		t.Errorf("%v, want %s", err, key)
	}
}
