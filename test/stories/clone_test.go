package stories

import (
	"bufio"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestCleanClone does what the README's first lines say, in a copy of what belongs to the project: «make build», «make run», sign in as
// one of the staff who are printed, Ctrl-C, and again. It builds everything anew, so it belongs to the long tests.
func TestCleanClone(t *testing.T) {
	if os.Getenv("ENTREGENT_TEST_FULL") == "" {
		return
	}
	c := clone{T: t, dir: filepath.Join(t.TempDir(), "entregent")}
	c.copy()
	c.make("build")
	out, err := exec.Command(filepath.Join(c.dir, "bin", "entregent"), "version").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "entregent") {
		t.Fatalf("%v: %s", err, out)
	}
	first := c.run()
	if len(first.staff) < 4 {
		t.Fatalf("%d sign-ins are printed", len(first.staff))
	}
	who := "nadia.kessler@brenval.example"
	b := first.signIn(who, first.staff[who])
	first.post(b, "/brenval/office/organizations", url.Values{"name": {"Forges de Brocéliande"}, "siret": {"73282932000074"}, "submission": {"01940000-0000-7000-8000-000000000001"}})
	first.stop()
	second := c.run()
	b = second.signIn(who, first.staff[who])
	if page := second.get(b, "/brenval/office/organizations?q=forges"); !strings.Contains(page, "Forges de Brocéliande") {
		t.Error("the second run has lost what the first was told")
	}
	second.stop()
}

// clone is a checkout somewhere else.
type clone struct {
	*testing.T
	dir string
}

// copy takes along what git knows or would take, and nothing that is built.
func (c clone) copy() {
	c.Helper()
	const top = "../.."
	list, err := exec.Command("git", "-C", top, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		c.Fatal(err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		from, to := filepath.Join(top, name), filepath.Join(c.dir, name)
		info, err := os.Lstat(from)
		if err != nil || !info.Mode().IsRegular() {
			continue // deleted and not yet told to git, or a link
		}
		content, err := os.ReadFile(from)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(to), 0o755)
		}
		if err == nil {
			err = os.WriteFile(to, content, info.Mode().Perm())
		}
		if err != nil {
			c.Fatal(err)
		}
	}
}

// command is make in the clone, without what the tests' own environment says of Entregent.
func (c clone) command(target string, more ...string) *exec.Cmd {
	cmd := exec.Command("make", target)
	cmd.Dir = c.dir
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "ENTREGENT_") && !strings.HasPrefix(v, "MAKE") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, more...)
	return cmd
}

func (c clone) make(target string) {
	c.Helper()
	if out, err := c.command(target).CombinedOutput(); err != nil {
		c.Fatalf("make %s: %v\n%s", target, err, out)
	}
}

// served is a «make run», with what it says.
type served struct {
	clone
	cmd   *exec.Cmd
	base  string
	staff map[string]string // passwords by address, as printed
	rest  chan struct{}     // closed when it has said everything
	said  *strings.Builder
}

var printed = regexp.MustCompile(`(\S+@\S+\.example)\s+(\S+)`)

func (c clone) run() *served {
	c.Helper()
	s := &served{clone: c, staff: map[string]string{}, rest: make(chan struct{}), said: &strings.Builder{}}
	s.cmd = c.command("run", "ENTREGENT_ADDR=127.0.0.1:0", "ENTREGENT_PASSWORD_PASSES=1", "ENTREGENT_PASSWORD_MEMORY=8")
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C in a terminal is told to make and to the program
	reader, writer, err := os.Pipe()
	if err != nil {
		c.Fatal(err)
	}
	s.cmd.Stdout, s.cmd.Stderr = writer, writer
	if err := s.cmd.Start(); err != nil {
		c.Fatal(err)
	}
	writer.Close()
	c.Cleanup(func() { syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) }) //nolint:errcheck // it may have ended
	lines := bufio.NewScanner(io.TeeReader(reader, s.said))
	for s.base == "" && lines.Scan() {
		if m := announced.FindStringSubmatch(lines.Text()); m != nil {
			s.base = m[1]
		}
		if m := printed.FindStringSubmatch(lines.Text()); m != nil {
			s.staff[m[1]] = m[2]
		}
	}
	if s.base == "" {
		c.Fatalf("it does not serve: %v\n%s", s.cmd.Wait(), s.said)
	}
	go func() {
		defer close(s.rest)
		for lines.Scan() {
		}
	}()
	return s
}

// stop is Ctrl-C. Make itself ends as whoever is interrupted; of the program it tells when that has failed.
func (s *served) stop() {
	s.Helper()
	if err := syscall.Kill(-s.cmd.Process.Pid, syscall.SIGINT); err != nil {
		s.Fatal(err)
	}
	select {
	case <-s.rest:
	case <-time.After(patience):
		s.Fatalf("it has not ended within %v\n%s", patience, s.said)
	}
	s.cmd.Wait() //nolint:errcheck // make's own status tells that it was interrupted
	if failed := regexp.MustCompile(`(?m)^entregent: .*|Error \d+`).FindString(s.said.String()); failed != "" {
		s.Errorf("it has not ended cleanly, %s:\n%s", failed, s.said)
	}
}

func (s *served) signIn(who, password string) *http.Client {
	s.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.Fatal(err)
	}
	b := &http.Client{Jar: jar, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	s.post(b, "/sign-in", url.Values{"email": {who}, "password": {password}})
	return b
}

func (s *served) post(b *http.Client, path string, form url.Values) {
	s.Helper()
	a, err := b.PostForm(s.base+path, form)
	if err != nil {
		s.Fatal(err)
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusSeeOther {
		s.Fatalf("%s: %s", path, a.Status)
	}
}

func (s *served) get(b *http.Client, path string) string {
	s.Helper()
	a, err := b.Get(s.base + path)
	if err != nil {
		s.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode != http.StatusOK {
		s.Fatalf("%s: %s %v", path, a.Status, err)
	}
	return string(text)
}
