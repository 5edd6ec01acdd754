package inbound_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/inbound"
	"github.com/entregent/entregent/internal/secret"
)

func TestAddresses(t *testing.T) {
	s := secret.New()
	a := inbound.NewAddresses(s, domain)
	written := a.Of(there).String()
	t.Run("an address is read back, in any case, and fits what mail systems take", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			p := inbound.Place{
				Workspace: id.Workspace(rapid.Int64Range(1, 1<<24-1).Draw(t, "workspace")),
				Request:   rapid.Int64Range(1, 1<<40-1).Draw(t, "request"), Contact: rapid.Int64Range(1, 1<<32-1).Draw(t, "contact"),
				Person: rapid.Uint32Range(0, 1<<24-1).Draw(t, "person"),
			}
			text := a.Of(p).String()
			local, _, _ := strings.Cut(text, "@")
			for _, form := range []string{text, strings.ToUpper(text)} {
				if got, ok := a.Read(form); !ok || got != p {
					t.Fatal(form, got, ok)
				}
			}
			if len(local) > 64 {
				t.Fatal(local)
			}
		})
	})
	t.Run("an address that is altered at any place is none", func(t *testing.T) {
		for i := range written {
			for _, c := range "a7z0-" {
				if altered := written[:i] + string(c) + written[i+1:]; altered != written {
					if _, ok := a.Read(altered); ok {
						t.Error(altered)
					}
				}
			}
			if _, ok := a.Read(written[:i] + written[i+1:]); ok {
				t.Error("without", i)
			}
			if _, ok := a.Read(written[:i] + "a" + written[i:]); ok {
				t.Error("with one more at", i)
			}
		}
	})
	t.Run("neighbouring places have addresses that have nothing in common, and tell no number", func(t *testing.T) {
		next := there
		next.Request++
		other, same := a.Of(next).String(), 0
		for i := len("reply+"); i < strings.IndexByte(written, '@'); i++ {
			if written[i] == other[i] {
				same++
			}
		}
		if same > 20 {
			t.Error(written, other)
		}
	})
	t.Run("who comes after somebody has other addresses, and a login is known by what is random in it", func(t *testing.T) {
		next, one, other := there, id.NewLogin(), id.NewLogin()
		if next.Person++; a.Of(next).String() == written {
			t.Error(written)
		}
		if inbound.PersonOf(one) == inbound.PersonOf(other) || inbound.PersonOf(one) >= 1<<24 {
			t.Error(one, other, inbound.PersonOf(one))
		}
	})
	t.Run("another installation's addresses, another domain's and words are none", func(t *testing.T) {
		for _, text := range []string{
			inbound.NewAddresses(secret.New(), domain).Of(there).String(), inbound.NewAddresses(s, "example.org").Of(there).String(),
			"", "@", "reply+@" + domain, "postmaster@" + domain, "reply@" + domain, "reply+" + strings.Repeat("a", 56) + "@" + domain,
			"reply+" + strings.Repeat("\u212a", 56) + "@" + domain, written + "@" + domain, " " + written,
		} {
			if p, ok := a.Read(text); ok {
				t.Error(text, p)
			}
		}
	})
	t.Run("without a domain, and beyond what an address holds, there are none", func(t *testing.T) {
		none := inbound.NewAddresses(s, "")
		if !none.Of(there).IsZero() {
			t.Error(none.Of(there))
		}
		if _, ok := none.Read("reply+x@"); ok {
			t.Error("read")
		}
		for _, p := range []inbound.Place{{}, {Workspace: 1, Request: 1}, {Workspace: 1 << 24, Request: 1, Contact: 1}, {Workspace: 1, Request: 1 << 40, Contact: 1}, {Workspace: 1, Request: 1, Contact: 1 << 32}, {Workspace: 1, Request: 1, Contact: 1, Person: 1 << 24}, {Workspace: 1, Request: -1, Contact: 1}} {
			if !a.Of(p).IsZero() {
				t.Error(p)
			}
		}
	})
}
