package stories

import (
	"archive/zip"
	"bufio"
	"cmp"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// encodings are those that lists are saved in.
var encodings = map[string]encoding.Encoding{
	"utf-8":            encoding.Nop,
	"utf-8-marked":     unicode.UTF8BOM,
	"utf-16le":         unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"utf-16le-marked":  unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	"utf-16be":         unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"utf-16be-marked":  unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"windows-1252":     charmap.Windows1252,
	"windows-1252-old": charmap.Windows1252, // with the ends of lines of an old Macintosh
}

// separators are what their cells are parted by.
var separators = map[string]string{"comma": ",", "semicolon": ";", "tab": "\t"}

// encoded writes a list anew, whose cells hold neither separators nor quotation marks.
func encoded(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 || encodings[args[0]] == nil || separators[args[1]] == "" {
		ts.Fatalf("usage: encoded %v %v FROM TO", slices.Sorted(maps.Keys(encodings)), slices.Sorted(maps.Keys(separators)))
	}
	ends := "\r\n"
	if strings.HasSuffix(args[0], "-old") {
		ends = "\r"
	}
	text := strings.NewReplacer(";", separators[args[1]], "\n", ends).Replace(ts.ReadFile(args[2]))
	text, err := encodings[args[0]].NewEncoder().String(text)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[3]), []byte(text), 0o600))
}

// bombs writes the hostile files.
func bombs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: bombs DIR")
	}
	hostile(ts.Value(serving{}).(*servers).t, ts.MkAbs(args[0]))
}

// held fails when a server has at any time held more than so many megabytes in memory of its own.
func held(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: held NAME MEGABYTES")
	}
	most, err := strconv.Atoi(args[1])
	ts.Check(err)
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", running(ts, args[0]).cmd.Process.Pid))
	ts.Check(err)
	figure := func(name string) int {
		m := regexp.MustCompile(name + `:\s+(\d+) kB`).FindSubmatch(text)
		if m == nil {
			ts.Fatalf("the machine does not tell %s", name)
		}
		n, err := strconv.Atoi(string(m[1]))
		ts.Check(err)
		return n
	}
	// Its own code lies in a file, which is kept in memory where the tests' files are.
	if peak := figure("VmHWM") - figure("RssFile") - figure("RssShmem"); peak > most<<10 {
		ts.Fatalf("%s held %d KiB, want %s MB at most", args[0], peak, args[1])
	}
}

// piece is a text that is written so often.
type piece struct {
	text  string
	times int
}

func text(s string) []piece { return []piece{{s, 1}} }

// write writes the pieces.
func write(w io.Writer, pieces []piece) (err error) {
	for _, r := range pieces {
		for n := 0; n < r.times && err == nil; n++ {
			_, err = io.WriteString(w, r.text)
		}
	}
	return err
}

// parts are those of a workbook whose first sheet is this one, and has so many more.
func parts(sheet []piece, more int) map[string][]piece {
	var sheets, links strings.Builder
	list := map[string][]piece{"xl/worksheets/sheet1.xml": sheet}
	for n := range more + 1 {
		fmt.Fprintf(&sheets, `<sheet name="s%d" sheetId="%[1]d" r:id="rId%[1]d"/>`, n+1)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Target="worksheets/sheet%[1]d.xml"/>`, n+1)
		if n > 0 {
			list[fmt.Sprintf("xl/worksheets/sheet%d.xml", n+1)] = text(`<worksheet/>`)
		}
	}
	list["xl/workbook.xml"] = text(`<workbook xmlns:r="r"><sheets>` + sheets.String() + `</sheets></workbook>`)
	list["xl/_rels/workbook.xml.rels"] = text(`<Relationships>` + links.String() + `</Relationships>`)
	return list
}

// table is a sheet with a header and these rows.
func table(rows ...piece) []piece {
	head := text(`<worksheet><sheetData><row><c t="inlineStr"><is><t>Nom</t></is></c><c t="inlineStr"><is><t>Prénom</t></is></c><c t="inlineStr"><is><t>SIRET</t></is></c></row>`)
	return slices.Concat(head, rows, text(`</sheetData></worksheet>`))
}

// packed writes a ZIP.
func packed(w io.Writer, parts map[string][]piece) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if len(parts[name]) == 1 && parts[name][0].times == 1 {
			h.Method = zip.Store // a compressor for each of thousands of small parts takes its time
		}
		part, err := z.CreateHeader(h)
		if err == nil {
			err = write(part, parts[name])
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}

// hostile writes files that want more of a machine than it has, and says with which status the import of each ends.
func hostile(t testing.TB, folder string) map[string]int {
	t.Helper()
	shared := parts(table(piece{`<row><c t="s"><v>0</v></c></row>`, 1}), 0)
	shared["xl/sharedStrings.xml"] = []piece{{`<sst>`, 1}, {`<si><t>` + strings.Repeat("x", 1<<16) + `</t></si>`, 300}, {`</sst>`, 1}}
	entities := append(text(`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>`), table(piece{`<row><c><v>&b;</v></c></row>`, 1})...)
	const header = "Nom;Prénom;SIRET\n"
	books := map[string]map[string][]piece{
		"bomb.xlsx":        parts([]piece{{strings.Repeat(" ", 1<<20), 400}}, 0),
		"texts.xlsx":       shared,
		"entities.xlsx":    parts(entities, 0),
		"columns.xlsx":     parts(table(piece{`<row>`, 1}, piece{`<c><v>1</v></c>`, 1_000_000}, piece{`</row>`, 1}), 0),
		"far.xlsx":         parts(table(piece{`<row><c r="BDWGN2"><v>1</v></c></row>`, 1}), 0),
		"deep.xlsx":        parts(table(piece{"<a>", 1_000_000}), 0),
		"deep-cell.xlsx":   parts(table(piece{`<row><c>`, 1}, piece{"<a>", 1_000_000}, piece{"</a>", 1_000_000}, piece{`</c></row>`, 1}), 0),
		"sheets.xlsx":      parts(table(piece{`<row><c t="inlineStr"><is><t>Le Gall</t></is></c></row>`, 1}), 10_000),
		"many-sheets.xlsx": parts(table(), 30_000),
	}
	texts := map[string][]piece{
		"columns.csv": {{header, 1}, {"a;", 1_000_000}, {"\n", 1}},
		"header.csv":  {{"a;", 1_000_000}, {"\n", 1}},
		"quote.csv":   {{header + "A;\"B\n", 1}, {"C;D\n", 1 << 20}},
		"line.csv":    {{strings.Repeat("a", 1<<20), 60}},
		"pdf.csv":     text("%PDF-1.7\n%âãÏÓ\n1 0 obj\n"),
		"half.xlsx":   {{"PK\x03\x04", 1}, {"x", 5000}},
	}
	status := map[string]int{"sheets.xlsx": 3} // the first is read, and its row lacks a SIRET; all others are refused whole
	file := func(name string, write func(w io.Writer) error) {
		f, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		b := bufio.NewWriterSize(f, 1<<16)
		if err := errors.Join(write(b), b.Flush()); err != nil {
			t.Fatal(err)
		}
		status[name] = cmp.Or(status[name], 2)
	}
	for name, parts := range books {
		file(name, func(w io.Writer) error { return packed(w, parts) })
	}
	for name, pieces := range texts {
		file(name, func(w io.Writer) error { return write(w, pieces) })
	}
	file("gigabyte.csv", func(io.Writer) error { return os.Truncate(filepath.Join(folder, "gigabyte.csv"), 1<<30) }) // which takes no room on the disk
	return status
}

// The bound of issue «Bad input», for the resident memory of the process at its highest, the program itself included.
const mostHostileKiB = 100 << 10

func TestHostileFiles(t *testing.T) {
	folder := t.TempDir()
	environment := []string{"ENTREGENT_DATA=" + filepath.Join(folder, "var"), "TMPDIR=" + folder}
	run := func(args ...string) (int, int64, string) {
		cmd := exec.Command(filepath.Join(binary, "entregent"), args...)
		cmd.Env = environment
		var said strings.Builder
		cmd.Stdout, cmd.Stderr = &said, &said
		status, kib := measured(t, cmd)
		return status, kib, said.String()
	}
	if status, _, out := run("sample", "--organizations", "1", "--contacts", "1", "--workspace", "trial"); status != 0 {
		t.Fatal(status, out)
	}
	wanted := hostile(t, folder)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		t.Run(name+" costs no more memory than any other file", func(t *testing.T) {
			status, kib, out := run("import", "contacts", filepath.Join(folder, name), "--workspace", "trial")
			if t.Logf("status %d, %d KiB: %.200s", status, kib, out); status != wanted[name] {
				t.Errorf("status %d, want %d", status, wanted[name])
			}
			if kib > mostHostileKiB {
				t.Errorf("%d KiB at most, want %d", kib, mostHostileKiB)
			}
			if status == 2 && strings.Count(out, "\n") != 1 {
				t.Errorf("not one line: %.500s", out)
			}
		})
	}
}
