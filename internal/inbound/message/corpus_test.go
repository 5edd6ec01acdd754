package message_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/inbound/message"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/corpus.golden anew")

var markers = []string{"— Répondez au-dessus de cette ligne —", "— Reply above this line —"}

// TestCorpus reads each mail of testdata/corpus: mails as people's programs write them, and mails as nobody should. What
// becomes of each stands in testdata/corpus.golden.
func TestCorpus(t *testing.T) {
	const golden = "testdata/corpus.golden"
	files, err := filepath.Glob("testdata/corpus/*.eml")
	if err != nil || len(files) < 40 {
		t.Fatal(len(files), err)
	}
	var got strings.Builder
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "== %s\n%s\n", strings.TrimSuffix(filepath.Base(f), ".eml"), outcome(t, raw))
	}
	if *rewrite {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	sections := strings.Split(string(want), "\n== ")
	for i, s := range strings.Split(got.String(), "\n== ") {
		name, _, _ := strings.Cut(strings.TrimPrefix(s, "== "), "\n")
		t.Run("the mail "+name+" is taken, or refused, as it should be", func(t *testing.T) {
			if i >= len(sections) || s != sections[i] {
				t.Errorf("got %s\n(go test -rewrite writes the file anew)", s)
			}
		})
	}
}

// outcome says what became of a mail: whose it is, its files, its text, or why it was refused.
func outcome(t testing.TB, raw []byte) string {
	t.Helper()
	var b strings.Builder
	m, err := message.Open(bytes.NewReader(raw))
	if err != nil {
		return refusal(t, err)
	}
	fmt.Fprintf(&b, "id %q from %q", m.ID, m.From)
	if m.Robot != "" {
		return b.String() + " robot " + string(m.Robot) + "\n"
	}
	b.WriteString("\n")
	text, err := m.Body(markers, func(f message.File, r io.Reader) error {
		content, err := io.ReadAll(r)
		fmt.Fprintf(&b, "file %q %s, %d bytes, %.4x\n", f.Name, f.Type, len(content), sha256.Sum256(content))
		return err
	})
	if err != nil {
		return b.String() + refusal(t, err)
	}
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintf(&b, "| %s\n", short(line))
	}
	return b.String()
}

func short(line string) string {
	if r := []rune(line); len(r) > 120 {
		return fmt.Sprintf("%s… (%d characters)", string(r[:60]), len(r))
	}
	return line
}

// refusal is the key; any other error is a defect.
func refusal(t testing.TB, err error) string {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid {
		t.Errorf("%v is no refusal", err)
		return err.Error() + "\n"
	}
	return "refused: " + f.Message.Key + "\n"
}

func TestErrorsOfTheConnection(t *testing.T) {
	broken := errors.New("cut")
	for at := range strings.SplitSeq("From: a|\r\n\r\nBonj|our\r\n--b\r\n", "|") {
		t.Run("what the connection says comes back as it is, after "+fmt.Sprintf("%q", at), func(t *testing.T) {
			m, err := message.Open(io.MultiReader(strings.NewReader("From: a\r\nContent-Type: multipart/mixed; boundary=b\r\n"+at), failing{broken}))
			if err == nil {
				_, err = m.Body(nil, func(_ message.File, r io.Reader) error { _, err := io.Copy(io.Discard, r); return err })
			}
			if !errors.Is(err, broken) {
				t.Error(err)
			}
		})
	}
	t.Run("what the keeper says comes back as it is", func(t *testing.T) {
		m, err := message.Open(strings.NewReader("Content-Type: image/png; name=x.png\r\n\r\nxx\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = m.Body(nil, func(message.File, io.Reader) error { return broken }); err != broken {
			t.Error(err)
		}
	})
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestLongTexts(t *testing.T) {
	line := strings.Repeat("mot ", 18) + "\r\n"
	read := func(body string) (string, error) {
		m, err := message.Open(strings.NewReader("Content-Type: text/plain; charset=utf-8\r\n\r\n" + body))
		if err != nil {
			t.Fatal(err)
		}
		return m.Body(markers, nil)
	}
	t.Run("a text without end is refused, not cut", func(t *testing.T) {
		if _, err := read(strings.Repeat(line, 10_000)); !fault.Is(err, fault.Invalid) || fault.As(err).Message.Key != message.TooLong {
			t.Error(err)
		}
	})
	t.Run("a thread without end below the answer does no harm", func(t *testing.T) {
		text, err := read("Oui.\r\n\r\nLe 16/11/2026 à 10:02, École a écrit :\r\n" + strings.Repeat("> "+line, 10_000))
		if err != nil || text != "Oui." {
			t.Error(text, err)
		}
	})
}

func TestMemory(t *testing.T) {
	t.Run("a file of 25 MB goes through without being held", func(t *testing.T) {
		line := strings.Repeat("QUFB", 19) + "\r\n"
		head := "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nVoir.\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
		size := 25 << 20 / 57 * len(line)
		got := testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				body := io.LimitReader(&repeated{line: line}, int64(size))
				m, err := message.Open(io.MultiReader(strings.NewReader(head), body, strings.NewReader("--b--\r\n")))
				if err != nil {
					b.Fatal(err)
				}
				var n int64
				text, err := m.Body(nil, func(_ message.File, r io.Reader) error { n, err = io.Copy(io.Discard, r); return err })
				if err != nil || text != "Voir." || n != 25<<20/57*57 {
					b.Fatal(text, n, err)
				}
			}
		})
		if got.AllocedBytesPerOp() > 16<<20 {
			t.Errorf("%d bytes were allocated in all", got.AllocedBytesPerOp())
		}
	})
}

// repeated gives a line again and again.
type repeated struct {
	line string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.line[r.at:])
	r.at = (r.at + n) % len(r.line)
	return n, nil
}

func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/corpus/*.eml")
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(raw) < 10_000 {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := message.Open(bytes.NewReader(raw))
		if err != nil {
			refusal(t, err)
			return
		}
		text, err := m.Body(markers, func(_ message.File, r io.Reader) error { _, err := io.Copy(io.Discard, r); return err })
		if err != nil {
			refusal(t, err)
		}
		if strings.ContainsAny(text, "\x00\r\x1e") || strings.ToValidUTF8(text, "") != text {
			t.Errorf("%q", text)
		}
	})
}
