package stories

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/entregent/entregent/internal/transfer/sheet"
)

const columns = "SIRET;Civilité;Nom;Prénom;Portable;Téléphone;Fonction;Email\n"

var sirets = []string{"81245739800020", "73282932000074", "00012345600006"}

// spelt writes a number as a name.
func spelt(n int) string {
	name := "Du"
	for range 4 {
		name, n = name+string(rune('a'+n%26)), n/26
	}
	return name
}

func people(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: people N FILE")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	f := file(ts, args[1])
	defer f.Close()
	_, err = f.WriteString(columns)
	ts.Check(err)
	for i := range n {
		_, err := fmt.Fprintf(f, "%s;Mme;%s;Zoé;;;;\n", sirets[i%len(sirets)], spelt(i))
		ts.Check(err)
	}
}

func sums(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sums N PATTERN")
	}
	sum := 0
	for _, m := range regexp.MustCompile(args[1]).FindAllStringSubmatch(ts.ReadFile("stdout"), -1) {
		n, err := strconv.Atoi(m[1])
		ts.Check(err)
		sum += n
	}
	if strconv.Itoa(sum) != args[0] {
		ts.Fatalf("%s: %d in all, want %s", args[1], sum, args[0])
	}
}

// The bound of issue «Real input», for a file of 100,000 rows; the resident memory of the process at its highest.
const (
	manyRows = 100_000
	mostKiB  = 150 << 10
)

// desk is where files are imported by the command line: a folder with a database of its own, of a workspace «trial».
type desk string

func newDesk(t *testing.T) desk {
	t.Helper()
	d := desk(t.TempDir())
	d.run(t, "sample.out", "sample", "--organizations", "1", "--contacts", "1", "--workspace", "trial")
	return d
}

func (d desk) path(name string) string { return filepath.Join(string(d), name) }

// run runs the program, which says what it says to a file.
func (d desk) run(t *testing.T, out string, args ...string) (status int, kib int64) {
	t.Helper()
	f, err := os.Create(d.path(out))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd := exec.Command(filepath.Join(binary, "entregent"), args...)
	cmd.Env = []string{"ENTREGENT_DATA=" + d.path("var"), "TMPDIR=" + string(d)}
	cmd.Stdout, cmd.Stderr = f, f
	if status, kib = measured(t, cmd); status < 0 || status == 1 {
		t.Fatal(status)
	}
	return status, kib
}

func TestRefusedRowsAreNotHeld(t *testing.T) {
	d := newDesk(t)
	source := d.path("refused.csv")
	refusedFile(t, source)
	for _, form := range [][]string{{"--json", "--dry-run"}, {"--json"}, {}} {
		t.Run(fmt.Sprintf("%d refused rows stay under 150 MB of memory %v", manyRows, form), func(t *testing.T) {
			status, kib := d.run(t, "report.out", append([]string{"import", "contacts", source, "--workspace", "trial"}, form...)...)
			if status != 3 {
				t.Errorf("status %d", status)
			}
			if kib > mostKiB {
				t.Errorf("%d KiB at most, want %d", kib, mostKiB)
			}
			if got := reported(t, d.path("report.out"), len(form) > 0); got != manyRows {
				t.Errorf("%d rows in the report", got)
			}
		})
	}
}

// Whom rows are about is remembered, in some 30 bytes a row, and nothing else of them. Few rows may cost what the program costs at
// rest and their part of the rest.
func TestTakenRowsAreNotHeld(t *testing.T) {
	const atRest = 96 << 10 // KiB, with the room that the garbage of a start has
	rows, most := manyRows, int64(mostKiB)
	if os.Getenv("ENTREGENT_TEST_FULL") == "" {
		rows = manyRows / 20
		most = atRest + (mostKiB-atRest)/20
	}
	d := newDesk(t)
	for n, form := range []string{"csv", "xlsx"} {
		source := d.path("taken." + form)
		takenFile(t, source, form, n*rows, rows)
		for _, wanted := range []string{fmt.Sprintf("%d new, 0 changed, 0 unchanged, 0 refused", rows), fmt.Sprintf("0 new, 0 changed, %d unchanged, 0 refused", rows)} {
			t.Run(form+", "+wanted, func(t *testing.T) {
				status, kib := d.run(t, "taken.out", "import", "contacts", source, "--workspace", "trial", "--create-organizations")
				said, err := os.ReadFile(d.path("taken.out"))
				if err != nil || status != 0 || !strings.Contains(string(said), wanted) {
					t.Errorf("status %d, %v: %.500s", status, err, said)
				}
				if t.Logf("%d KiB", kib); kib > most {
					t.Errorf("%d KiB at most, want %d", kib, most)
				}
			})
		}
	}
}

// takenFile writes rows about people whom nobody knows yet.
func takenFile(t *testing.T, path, form string, first, rows int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	begin := sheet.NewCSV
	if form == "xlsx" {
		begin = func(w io.Writer) (sheet.Writer, error) { return sheet.NewXLSX(w, "Contacts") }
	}
	w, err := begin(f)
	write := func(cells ...string) {
		if err == nil {
			err = w.Write(cells)
		}
	}
	write(strings.Split(strings.TrimSpace(columns), ";")...)
	for i := first; i < first+rows; i++ {
		write(sirets[i%len(sirets)], "Mme", "Fichier "+spelt(i), "Essai", "06 39 98 12 34", "01 99 00 12 34", "Responsable des essais", "fichier."+strings.ToLower(spelt(i))+"@brenval.example")
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// measuring is the argument by which this program is a small one that starts another and writes down its peak: what a process holds counts
// as the peak of whatever it starts, and the tests hold much.
const measuring = "measure"

// measure runs a command and writes its resident memory at its highest, in KiB, to a file.
func measure(figure string, args []string) int {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	status := exitStatus(cmd.Run())
	if cmd.ProcessState == nil {
		return 1
	}
	kib := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if err := os.WriteFile(figure, []byte(strconv.FormatInt(kib, 10)), 0o600); err != nil {
		return 1
	}
	return status
}

// measured runs a command so, and gives its status and peak.
func measured(t *testing.T, cmd *exec.Cmd) (status int, kib int64) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	figure := filepath.Join(t.TempDir(), "figure")
	small := exec.Command(self, append([]string{measuring, figure, cmd.Path}, cmd.Args[1:]...)...)
	small.Env, small.Stdout, small.Stderr = cmd.Env, cmd.Stdout, cmd.Stderr
	status = exitStatus(small.Run())
	text, err := os.ReadFile(figure)
	if err == nil {
		kib, err = strconv.ParseInt(string(text), 10, 64)
	}
	if err != nil {
		t.Fatal(err)
	}
	return status, kib
}

// refusedFile writes rows of which each is refused: for the SIRET, the address, several things, or what is missing.
func refusedFile(t *testing.T, path string) {
	var b strings.Builder
	b.WriteString(columns)
	for i := range manyRows {
		row := []string{
			"%s;Mme;%s;Zoé;;;;Zoé.%[2]s@corvenne.example", "81245739800021;Mme;%.0s%s;Zoé;;;;", "%s;Comte;%s;Zoé;12;13;;a b@x", "%s;;%s;;;;;", "%s;Mme;%s;Zoé;;;;",
		}[i%5]
		fmt.Fprintf(&b, row+"\n", sirets[0], spelt(i))
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// reported counts the refused rows of a report.
func reported(t *testing.T, path string, isJSON bool) int {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if isJSON {
		return reportedJSON(t, f)
	}
	rows := map[string]bool{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if row, _, ok := strings.Cut(lines.Text(), ","); ok && strings.HasPrefix(row, "row ") {
			rows[row] = true
		}
	}
	return len(rows)
}

// reportedJSON reads row by row.
func reportedJSON(t *testing.T, f *os.File) (rows int) {
	d := json.NewDecoder(f)
	for token := json.Token(nil); token != json.Delim('['); {
		var err error
		if token, err = d.Token(); err != nil {
			t.Fatal(err)
		}
	}
	for ; d.More(); rows++ {
		var row struct{ Row int }
		if err := d.Decode(&row); err != nil || row.Row != rows+2 {
			t.Fatal(row, err)
		}
	}
	for range 2 { // ] and }
		if _, err := d.Token(); err != nil {
			t.Fatal(err)
		}
	}
	return rows
}
