package secret

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/id"
)

func TestLinks(t *testing.T) {
	s := New()
	l, one, other := s.Links(), id.NewContact().UUID, id.NewContact().UUID
	t.Run("a token holds 160 bits, is the same each time, and another for each purpose, thing and installation", func(t *testing.T) {
		token := l.Token("invitation", one)
		if b, err := base64.RawURLEncoding.DecodeString(token); err != nil || len(b) != 20 {
			t.Errorf("%q: %d bytes, %v", token, len(b), err)
		}
		if token != s.Links().Token("invitation", one) {
			t.Error("not the same again")
		}
		for _, foreign := range []string{l.Token("password", one), l.Token("invitation", other), New().Links().Token("invitation", one)} {
			if foreign == token {
				t.Error("the same")
			}
		}
	})
	t.Run("a code is two groups of four unmistakable characters", func(t *testing.T) {
		code := l.Code("invitation", one)
		if len(code) != 9 || code[4] != '-' || strings.ContainsAny(code, "iloOIL") {
			t.Errorf("%q", code)
		}
		if code == l.Code("invitation", other) || code == l.Code("password", one) {
			t.Error("the same")
		}
	})
	t.Run("a code may be typed in any case, with or without hyphen or blanks; a token only as it is", func(t *testing.T) {
		code, token := l.Code("invitation", one), l.Token("invitation", one)
		want := l.Digest("invitation", code)
		for _, typed := range []string{strings.ToUpper(code), strings.ReplaceAll(code, "-", ""), " " + code[:4] + "  " + code[5:] + "\u00a0", strings.ReplaceAll(code, "0", "O"), strings.ReplaceAll(code, "1", "l")} {
			if !bytes.Equal(l.Digest("invitation", typed), want) {
				t.Errorf("%q is not %q", typed, code)
			}
		}
		if bytes.Equal(l.Digest("invitation", token), l.Digest("invitation", strings.ToUpper(token))) {
			t.Error("a token in another case has the same digest")
		}
	})
	t.Run("a digest tells purposes, what it is bound to, tokens and codes apart, and holds neither", func(t *testing.T) {
		code, token := l.Code("invitation", one), l.Token("invitation", one)
		seen := map[string]string{}
		for name, d := range map[string][]byte{
			"code": l.Digest("invitation", code), "token": l.Digest("invitation", token), "purpose": l.Digest("password", token),
			"bound": l.Digest("invitation", code, "a@b.example"), "bound otherwise": l.Digest("invitation", code, "b@b.example"),
			"another installation's": New().Links().Digest("invitation", token),
		} {
			if len(d) != 32 || seen[string(d)] != "" {
				t.Errorf("%s: %d bytes, same as %q", name, len(d), seen[string(d)])
			}
			seen[string(d)] = name
		}
	})
	t.Run("printing links shows no key", func(t *testing.T) {
		if text := fmt.Sprintf("%v %+v", l, l); strings.Contains(text, "[") {
			t.Error(text)
		}
	})
}
