package login_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
)

// keys gives field=key of each fault, or the kind and key of a refusal as a whole.
func keys(err error) string {
	f := fault.As(err)
	if f == nil {
		return fmt.Sprint(err)
	}
	if len(f.Fields) == 0 {
		return f.Kind.String() + " " + f.Message.Key
	}
	var list []string
	for _, x := range f.Fields {
		list = append(list, x.Name+"="+x.Key)
	}
	return f.Kind.String() + " " + strings.Join(list, " ")
}

func (h house) want(err error, keysWanted string) {
	h.Helper()
	if got := keys(err); got != keysWanted {
		h.Errorf("got %q, want %q", got, keysWanted)
	}
}

func (h house) history(w id.Workspace) (kinds []string) {
	h.Helper()
	h.view(func(tx *sqldb.Tx) error {
		page, err := journal.Find(h.Context(), tx, actor.OfProgram(w), journal.Filter{})
		for _, l := range page.Lines {
			kinds = append(kinds, l.Kind+" "+strings.Join(l.Fields, ","))
		}
		return err
	})
	slices.Reverse(kinds)
	return kinds
}

func TestCreate(t *testing.T) {
	each(t, func(h house) {
		h.rule("a login begins in French, in Paris, and is found by its address", func(h house) {
			l := h.person("helene.garnier@brenval.example")
			if l.Locale != locale.French || l.TimeZone != "Europe/Paris" || l.Version != 1 || l.Zone() == nil {
				h.Errorf("%+v", l)
			}
			h.view(func(tx *sqldb.Tx) error {
				if got, err := login.FindByEmail(h.Context(), tx, l.Email); err != nil || got != l {
					h.Errorf("%+v %v", got, err)
				}
				if got, err := login.Get(h.Context(), tx, l.ID); err != nil || got != l {
					h.Errorf("%+v %v", got, err)
				}
				_, err := login.Get(h.Context(), tx, id.NewLogin())
				h.want(err, "not_found fault.not_found")
				return nil
			})
		})
		h.rule("an address has one login", func(h house) {
			l := h.person("twice@brenval.example")
			hash, _ := h.desk.Hash(h.Context(), good)
			err := h.db.Update(h.Context(), func(tx *sqldb.Tx) error {
				_, err := login.Create(h.Context(), tx, actor.Actor{Kind: actor.Program}, login.New{Email: l.Email.String(), Name: "X"}, hash)
				return err
			})
			h.want(err, "conflict email=conflict.login.email")
		})
		h.rule("every fault of every field is told at once", func(h house) {
			for _, c := range []struct {
				in   login.New
				want string
			}{
				{login.New{}, "invalid email=fault.required name=fault.required"},
				{login.New{Email: "Hélène@x.fr", Name: "a\u200bb", Locale: "de", TimeZone: "Local"}, "invalid email=email.capitals_accents name=name.invisible locale=fault.choice time_zone=fault.choice"},
				{login.New{Email: "a@b.fr", Name: strings.Repeat("é", 10_000), TimeZone: "../../etc/passwd"}, "invalid name=name.too_long time_zone=fault.choice"},
				{login.New{Email: "a\xff@b.fr", Name: "a\xff"}, "invalid email=email.broken name=name.broken"},
			} {
				h.want(c.in.Check(), c.want)
			}
		})
		h.rule("nobody but the program makes one, and none without a password", func(h house) {
			hash, _ := h.desk.Hash(h.Context(), good)
			in := login.New{Email: "new@brenval.example", Name: "X"}
			err := h.db.Update(h.Context(), func(tx *sqldb.Tx) error {
				_, err := login.Create(h.Context(), tx, actor.Actor{Kind: actor.Staff, Login: id.NewLogin()}, in, hash)
				h.want(err, "forbidden fault.forbidden")
				_, err = login.Create(h.Context(), tx, actor.Actor{Kind: actor.Program}, in, login.Hash{})
				return err
			})
			if err == nil || fault.As(err) != nil {
				h.Errorf("got %v", err)
			}
		})
		h.rule("names are told of any number of logins; those that are gone are left out", func(h house) {
			a, b := h.person("a1@brenval.example"), h.person("b1@brenval.example")
			ids := []id.Login{a.ID, id.NewLogin(), b.ID, a.ID}
			for range 300 {
				ids = append(ids, id.NewLogin())
			}
			h.view(func(tx *sqldb.Tx) error {
				for n, want := range map[int]int{0: 0, 1: 1, 2: 1, 3: 2, 4: 2, 5: 2, len(ids): 2} {
					if names, err := login.Names(h.Context(), tx, ids[:n]); err != nil || len(names) != want {
						h.Errorf("%d of %d: %v %v", len(names), n, names, err)
					}
				}
				return nil
			})
		})
	})
}

func TestEdit(t *testing.T) {
	each(t, func(h house) {
		l := h.person("helene@brenval.example")
		h.workspace(1, l)
		h.workspace(2, l)
		edit := func(by actor.Actor, in login.Profile) (got login.Login, err error) {
			err = h.db.Update(h.Context(), func(tx *sqldb.Tx) (err error) {
				got, err = login.Edit(h.Context(), tx, by, l.ID, in)
				return err
			})
			return got, err
		}
		wish := login.Profile{Name: " Hélène  Garnier-Roy ", Locale: "en", TimeZone: "Indian/Reunion", Theme: "dark", Version: 1}

		h.rule("a person changes their own profile, and every workspace that they work for hears of it", func(h house) {
			got, err := edit(self(l), wish)
			if err != nil || got.Name != "Hélène Garnier-Roy" || got.Locale != locale.English || got.TimeZone != "Indian/Reunion" || got.Theme != "dark" || got.Version != 2 {
				h.Errorf("%+v %v", got, err)
			}
			for _, w := range []id.Workspace{1, 2} {
				if lines := h.history(w); len(lines) != 1 || lines[0] != "login.edited name,locale,time_zone" {
					h.Errorf("%v", lines)
				}
			}
		})
		h.rule("the same form sent again has one effect", func(h house) {
			if got, err := edit(self(l), wish); err != nil || got.Version != 2 || len(h.history(1)) != 1 {
				h.Errorf("%+v %v", got, err)
			}
		})
		h.rule("a form of an older version changes nothing and comes back with what there is", func(h house) {
			got, err := edit(self(l), login.Profile{Name: "Other", Locale: "fr", TimeZone: "Europe/Paris", Version: 1})
			h.want(err, "conflict fault.version")
			if got.Name != "Hélène Garnier-Roy" {
				h.Errorf("%+v", got)
			}
		})
		h.rule("the theme is nobody's business", func(h house) {
			in := wish
			in.Theme, in.Version = "", 2
			if got, err := edit(self(l), in); err != nil || got.Theme != "" || len(h.history(1)) != 1 {
				h.Errorf("%+v %v", got, err)
			}
		})
		h.rule("nobody changes another's", func(h house) {
			_, err := edit(actor.Actor{Kind: actor.Staff, Workspace: 1, Login: id.NewLogin(), Role: actor.StaffAdmin}, wish)
			h.want(err, "forbidden fault.forbidden")
			_, err = edit(actor.Actor{}, wish)
			h.want(err, "forbidden fault.forbidden")
		})
		h.rule("wrong choices are refused together", func(h house) {
			_, err := edit(self(l), login.Profile{Locale: "FR", TimeZone: "Mars/Base", Theme: "<b>"})
			h.want(err, "invalid name=fault.required locale=fault.choice time_zone=fault.choice theme=fault.choice")
		})
	})
}

func TestRemove(t *testing.T) {
	each(t, func(h house) {
		h.rule("with a login go its sessions and the values in the histories; the lines stay", func(h house) {
			l := h.person("gone@brenval.example")
			h.workspace(1, l)
			b := newBrowser(h)
			b.signIn(l)
			h.update(func(tx *sqldb.Tx) error {
				_, err := login.Edit(h.Context(), tx, self(l), l.ID, login.Profile{Name: "Other", Locale: "fr", TimeZone: "Europe/Paris", Version: 1})
				return err
			})
			h.update(func(tx *sqldb.Tx) error {
				if _, err := tx.Exec(h.Context(), `DELETE FROM staff WHERE workspace_id = 1 AND login_id = $1`, l.ID); err != nil {
					return err
				}
				return login.Remove(h.Context(), tx, l.ID)
			})
			if s := b.visit(); !s.Login.IsZero() {
				h.Error("still signed in")
			}
			h.view(func(tx *sqldb.Tx) error {
				page, err := journal.Find(h.Context(), tx, actor.OfProgram(1), journal.Filter{})
				if err != nil || len(page.Lines) != 1 || !page.Lines[0].Erased {
					h.Errorf("%+v %v", page, err)
				}
				return nil
			})
		})
	})
}
