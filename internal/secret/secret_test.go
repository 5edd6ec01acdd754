package secret_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/entregent/entregent/internal/secret"
)

func open(t *testing.T, path string) *secret.Secret {
	t.Helper()
	s, err := secret.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOpen(t *testing.T) {
	t.Run("the file is made once, for its owner alone, and read from then on", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "secret")
		first := open(t, path).Key("a").Name("x")
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
		if again := open(t, path).Key("a").Name("x"); again != first {
			t.Error("another secret")
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
			t.Errorf("left behind: %v", left)
		}
	})
	t.Run("of many that start at once all end with the same secret", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "secret")
		var names sync.Map
		var all sync.WaitGroup
		for range 32 {
			all.Go(func() {
				s, err := secret.Open(path)
				if err != nil {
					t.Error(err)
					return
				}
				names.Store(s.Key("a").Name("x"), true)
			})
		}
		all.Wait()
		n := 0
		names.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("%d secrets", n)
		}
	})
	t.Run("a file that is too open, too short, broken or no file is refused with its name", func(t *testing.T) {
		dir := t.TempDir()
		write := func(name, text string, mode os.FileMode) string {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte(text), mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			return path
		}
		good := strings.Repeat("A", 43)
		open(t, write("good", good+"\r\n", 0o400))
		open(t, write("group", good, 0o440))
		for _, path := range []string{
			write("world", good, 0o644),
			write("short", "AAAA", 0o600),
			write("empty", "", 0o600),
			write("broken", strings.Repeat("é", 43), 0o600),
			dir,
			filepath.Join(dir, "none", "secret"),
		} {
			if _, err := secret.Open(path); err == nil || !strings.Contains(err.Error(), path) && !strings.Contains(err.Error(), filepath.Dir(path)) {
				t.Errorf("%s: %v", path, err)
			}
		}
	})
}

func TestKey(t *testing.T) {
	s := secret.New()
	k := s.Key("cookie")
	t.Run("a signed text is read back, whatever it holds", rapid.MakeCheck(func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		signed := k.Sign(text)
		if got, ok := k.Read(signed); !ok || got != text {
			t.Errorf("%q: %q %v", text, got, ok)
		}
		if strings.Trim(signed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
			t.Errorf("%q cannot stand in a cookie", signed)
		}
	}))
	t.Run("what was changed, cut, signed for another purpose or by another installation is not read", func(t *testing.T) {
		signed := k.Sign("héllo")
		head, tail, _ := strings.Cut(signed, ".")
		for _, wrong := range []string{
			"", ".", head, head + ".", "." + tail, signed + "A", "A" + signed, head + "." + tail[1:], strings.ToUpper(signed),
			s.Key("other").Sign("héllo"), secret.New().Key("cookie").Sign("héllo"), head + "." + k.Name("héllo"),
		} {
			if got, ok := k.Read(wrong); ok {
				t.Errorf("%q read as %q", wrong, got)
			}
		}
	})
	t.Run("names are the same each time and tell parts apart", func(t *testing.T) {
		if k.Name("ab", "c") != s.Key("cookie").Name("ab", "c") {
			t.Error("not the same")
		}
		seen := map[string]bool{}
		for _, name := range []string{k.Name(), k.Name(""), k.Name("", ""), k.Name("abc"), k.Name("ab", "c"), k.Name("a", "bc"), s.Key("x").Name("abc")} {
			if seen[name] {
				t.Errorf("%s twice", name)
			}
			seen[name] = true
		}
	})
	t.Run("sums are 32 bytes, the same each time, another's with another key, and tell parts apart", func(t *testing.T) {
		sum := string(k.Sum("ab", "c"))
		if len(sum) != 32 || sum != string(s.Key("cookie").Sum("ab", "c")) {
			t.Errorf("%x", sum)
		}
		for _, other := range [][]byte{k.Sum("a", "bc"), k.Sum("abc"), s.Key("x").Sum("ab", "c"), secret.New().Key("cookie").Sum("ab", "c")} {
			if sum == string(other) {
				t.Errorf("%x twice", other)
			}
		}
	})
	t.Run("a word is known again however it is typed", func(t *testing.T) {
		w := k.Word("set-up")
		for _, typed := range []string{w, strings.ToUpper(w), strings.ReplaceAll(w, "-", ""), " " + strings.ReplaceAll(w, "-", " ") + "\r\n", strings.ReplaceAll(w, "0", "O")} {
			if !k.IsWord(typed, "set-up") {
				t.Errorf("%q is not %q", typed, w)
			}
		}
		for _, typed := range []string{"", "-", w[1:], w + "0", k.Word("other")} {
			if k.IsWord(typed, "set-up") {
				t.Errorf("%q is %q", typed, w)
			}
		}
	})
	t.Run("nothing of them is printed", func(t *testing.T) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
			if got := fmt.Sprintf(verb+verb, s, k); got != "(secret)(key)" {
				t.Errorf("%s: %s", verb, got)
			}
		}
	})
}
