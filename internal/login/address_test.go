package login_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/sqldb"
)

func (h house) ask(l login.Login, address string) error {
	return h.desk.AskAddress(h.Context(), self(l), address)
}

func (h house) confirm(token string) (l login.Login, err error) {
	err = h.db.Update(h.Context(), func(tx *sqldb.Tx) (err error) {
		l, err = h.desk.ConfirmAddress(h.Context(), tx, token)
		return err
	})
	return l, err
}

// wish asks for an address and gives the secret of the letter.
func (h house) wish(l login.Login, address string) string {
	h.Helper()
	if err := h.ask(l, address); err != nil {
		h.Fatal(err)
	}
	return h.token()
}

// wanted is the address that waits for its confirmation, "" for none.
func (h house) wanted(l login.Login) (address string) {
	h.Helper()
	h.view(func(tx *sqldb.Tx) error {
		w, err := login.WantedAddress(h.Context(), tx, self(l))
		address = w.Address.String()
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return address
}

func (h house) get(l login.Login) (got login.Login) {
	h.Helper()
	h.view(func(tx *sqldb.Tx) (err error) {
		got, err = login.Get(h.Context(), tx, l.ID)
		return err
	})
	return got
}

func TestAddress(t *testing.T) {
	each(t, func(h house) {
		l := h.person("helene@brenval.example")
		h.workspace(1, l)
		b := newBrowser(h)
		b.signIn(l)
		h.rule("what is no address, and one's own, is refused with the reason", func(h house) {
			for typed, want := range map[string]string{
				" ": "fault.required", "helene": "email.no_at", "Helene.Garnier@brenval.example": "email.capitals", "helene@brenval.example": "login.address.same",
			} {
				h.want(h.ask(l, typed), "invalid email="+want)
			}
		})
		h.rule("a letter goes to the new one, and until it is confirmed nothing changes", func(h house) {
			token := h.wish(l, "new@brenval.example")
			if got := h.letters()[0]; got.kind != login.LetterAddress || got.login != l.ID {
				h.Errorf("%+v", got)
			}
			if h.wanted(l) != "new@brenval.example" || h.get(l).Email != l.Email {
				h.Error(h.wanted(l), h.get(l).Email)
			}
			h.want(h.opens(link.Address, token), "<nil>")
			h.want(h.opens(link.Password, token), over)
			_, err := h.choose(token, next)
			h.want(err, over)
		})
		h.rule("a newer wish ends the older, and a withdrawn one opens nothing", func(h house) {
			older := h.wish(l, "older@brenval.example")
			newer := h.wish(l, "newer@brenval.example")
			_, err := h.confirm(older)
			h.want(err, over)
			h.update(func(tx *sqldb.Tx) error { return login.WithdrawAddress(h.Context(), tx, self(l)) })
			_, err = h.confirm(newer)
			h.want(err, over)
			if h.wanted(l) != "" {
				h.Error(h.wanted(l))
			}
		})
		h.rule("confirmed, it signs in; the old one is told; links to a password end, sessions go on, the history tells", func(h house) {
			h.clock.Pass(time.Hour)
			password := h.recovery(l)
			token := h.wish(l, "new@brenval.example")
			b.signIn(l)
			got, err := h.confirm(token)
			if err != nil || got.ID != l.ID || got.Email.String() != "new@brenval.example" || h.get(l) != got {
				h.Fatalf("%+v %v", got, err)
			}
			if m := h.letters()[0]; m.kind != login.LetterAddressChanged || m.login != l.ID {
				h.Errorf("%+v", m)
			}
			h.view(func(tx *sqldb.Tx) error {
				former, err := sqldb.One(h.Context(), tx, sqldb.Value[string], `SELECT former FROM login_link WHERE id = $1`, h.letters()[0].subject)
				if former != l.Email.String() {
					h.Error(former)
				}
				return err
			})
			h.want(h.opens(link.Password, password), over)
			_, err = h.confirm(token)
			h.want(err, over)
			if b.visit().Login != l.ID || h.wanted(l) != "" {
				h.Error("signed out, or still to be confirmed")
			}
			if err := h.try(login.Credentials{Email: "new@brenval.example", Password: good}); err != nil {
				h.Error(err)
			}
			h.want(h.try(login.Credentials{Email: l.Email.String(), Password: good}), "invalid login.wrong")
			if lines := h.history(1); len(lines) != 1 || lines[0] != "login.address_changed email" {
				h.Errorf("%q", lines)
			}
		})
		h.rule("a wish lives for a day", func(h house) {
			token := h.wish(h.person("day@brenval.example"), "later@brenval.example")
			h.clock.Pass(24*time.Hour - time.Second)
			h.want(h.opens(link.Address, token), "<nil>")
			h.clock.Pass(time.Second)
			_, err := h.confirm(token)
			h.want(err, over)
		})
		h.rule("a changed password ends the wish", func(h house) {
			c := h.person("change@brenval.example")
			token := h.wish(c, "changed@brenval.example")
			if _, err := h.desk.ChangePassword(h.Context(), self(c), login.PasswordChange{Current: good, New: next}); err != nil {
				h.Fatal(err)
			}
			_, err := h.confirm(token)
			h.want(err, over)
		})
	})
}

func TestAddressOfAnother(t *testing.T) {
	each(t, func(h house) {
		l, other := h.person("helene@brenval.example"), h.person("other@brenval.example")
		h.rule("an address that has a login looks the same to who asks; its owner is told, without a link", func(h house) {
			if err := h.ask(l, other.Email.String()); err != nil {
				h.Fatal(err)
			}
			if got := h.letters()[0]; got.kind != login.LetterKnown || got.login != other.ID {
				h.Errorf("%+v", got)
			}
			if h.wanted(l) != other.Email.String() {
				h.Error(h.wanted(l))
			}
		})
		h.rule("one that got a login meanwhile is refused, and stays the other's", func(h house) {
			token := h.wish(l, "meanwhile@brenval.example")
			h.person("meanwhile@brenval.example")
			_, err := h.confirm(token)
			h.want(err, "conflict email=conflict.login.email")
			if h.get(l).Email != l.Email {
				h.Error(h.get(l).Email)
			}
		})
		h.rule("of two logins that confirm one address at once, one has it", func(h house) {
			for range 20 {
				h.clock.Pass(time.Hour)
				one, two := h.person("one@brenval.example"), h.person("two@brenval.example")
				tokens := []string{h.wish(one, "both@brenval.example"), h.wish(two, "both@brenval.example")}
				var won atomic.Int64
				var all sync.WaitGroup
				for i := range 16 {
					all.Go(func() {
						switch _, err := h.confirm(tokens[i%2]); {
						case err == nil:
							won.Add(1)
						case fault.As(err) == nil:
							h.Error(err)
						}
					})
				}
				all.Wait()
				if won.Load() != 1 {
					h.Errorf("%d", won.Load())
				}
				h.update(func(tx *sqldb.Tx) error {
					if err := login.Remove(h.Context(), tx, one.ID); err != nil {
						return err
					}
					return login.Remove(h.Context(), tx, two.ID)
				})
			}
		})
		h.rule("wishes have an end, by login and by address", func(h house) {
			h.clock.Pass(time.Hour)
			for n := range 5 {
				if err := h.ask(l, strings.Repeat("x", n+1)+"@brenval.example"); err != nil {
					h.Fatal(err)
				}
			}
			if wait(h.ask(l, "y@brenval.example")) == 0 {
				h.Error("no wait by login")
			}
			h.clock.Pass(time.Hour)
			for n := range 5 {
				if err := h.ask(h.person(strings.Repeat("z", n+1)+"@orvane.example"), "flooded@brenval.example"); err != nil {
					h.Fatal(err)
				}
			}
			if wait(h.ask(l, "flooded@brenval.example")) == 0 || wait(h.recover("flooded@brenval.example")) == 0 {
				h.Error("no wait by address")
			}
		})
	})
}
