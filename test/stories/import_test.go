package stories

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
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

func TestRefusedRowsAreNotHeld(t *testing.T) {
	folder := t.TempDir()
	source := filepath.Join(folder, "refused.csv")
	refusedFile(t, source)
	run := func(t *testing.T, out string, args ...string) *os.ProcessState {
		f, err := os.Create(out)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd := exec.Command(filepath.Join(binary, "entregent"), args...)
		cmd.Env = []string{"ENTREGENT_DATA=" + filepath.Join(folder, "var"), "TMPDIR=" + folder}
		cmd.Stdout = f
		if err := cmd.Run(); exitStatus(err) != 0 && exitStatus(err) != 3 {
			t.Fatal(err)
		}
		return cmd.ProcessState
	}
	run(t, filepath.Join(folder, "sample.out"), "sample", "--organizations", "1", "--contacts", "1", "--workspace", "trial")
	for _, form := range [][]string{{"--json", "--dry-run"}, {"--json"}, {}} {
		t.Run(fmt.Sprintf("%d refused rows stay under 150 MB of memory %v", manyRows, form), func(t *testing.T) {
			out := filepath.Join(folder, "report.out")
			p := run(t, out, append([]string{"import", "contacts", source, "--workspace", "trial"}, form...)...)
			if p.ExitCode() != 3 {
				t.Errorf("status %d", p.ExitCode())
			}
			peak := p.SysUsage().(*syscall.Rusage).Maxrss
			if t.Logf("%d KiB", peak); peak > mostKiB {
				t.Errorf("%d KiB at most, want %d", peak, mostKiB)
			}
			if got := reported(t, out, len(form) > 0); got != manyRows {
				t.Errorf("%d rows in the report", got)
			}
		})
	}
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

// reportedJSON reads row by row: what this process holds would count as the peak of the next that it starts.
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
