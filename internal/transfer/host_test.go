package transfer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/sheet"
	"github.com/entregent/entregent/internal/workspace"
)

// host is a workspace to import into, with what a test wants to do to it.
type host struct {
	*testing.T
	db *sqldb.DB
	by actor.Actor
}

// newHost makes a workspace; by is the program, as on the command line.
func newHost(t *testing.T, db *sqldb.DB, slug, kind string) host {
	t.Helper()
	h := host{T: t, db: db}
	h.update(func(tx *sqldb.Tx) error {
		w, err := workspace.Add(t.Context(), tx, workspace.New{Slug: slug, Name: "École Brenval", Kind: kind})
		h.by = actor.OfProgram(w.ID)
		return err
	})
	return h
}

// in is the same host in a part of the test.
func (h host) in(t *testing.T) host {
	h.T = t
	return h
}

func (h host) update(fn func(*sqldb.Tx) error) {
	h.Helper()
	if err := h.db.Update(h.Context(), fn); err != nil {
		h.Fatal(err)
	}
}

func (h host) view(fn func(*sqldb.Tx) error) {
	h.Helper()
	if err := h.db.View(h.Context(), fn); err != nil {
		h.Fatal(err)
	}
}

func file(lines ...string) sheet.File {
	s := strings.Join(lines, "\r\n") + "\r\n"
	return sheet.File{ReaderAt: strings.NewReader(s), Size: int64(len(s))}
}

// options in one word: c(reate organisations), u(pdate), a(ccept corrections), r(ename), d(ry).
func options(s string) (o transfer.Options, dry bool) {
	return transfer.Options{
		CreateOrganizations: strings.Contains(s, "c"), Update: strings.Contains(s, "u"),
		AcceptCorrections: strings.Contains(s, "a"), Rename: strings.Contains(s, "r"),
	}, strings.Contains(s, "d")
}

// run imports and gives the result as a line: new, changed, unchanged, refused, then row:column:code of the refusals.
func (h host) run(noun transfer.Noun, with string, f sheet.File) string {
	h.Helper()
	o, dry := options(with)
	r, err := imports(h.Context(), h.db, h.by, transfer.Settings{}, noun, o, dry, f)
	if err != nil {
		h.Fatal(err)
	}
	return line(r)
}

// result is what became of an import, with all its refusals.
type result struct {
	transfer.Result
	Refusals []transfer.Refusal
}

// imports calls transfer.Import and keeps what it hands out.
func imports(ctx context.Context, db *sqldb.DB, by actor.Actor, s transfer.Settings, noun transfer.Noun, o transfer.Options, dry bool, f sheet.File) (r result, err error) {
	r.Result, err = transfer.Import(ctx, db, by, s, noun, o, dry, f, func(x transfer.Refusal) error {
		r.Refusals = append(r.Refusals, x)
		return nil
	})
	return r, err
}

func line(r result) string {
	s := fmt.Sprintf("%d new, %d changed, %d unchanged", r.New, r.Changed, r.Unchanged)
	if r.Organizations > 0 {
		s += fmt.Sprintf(", %d organisations", r.Organizations)
	}
	for _, refusal := range r.Refusals {
		x := refusal.Line(locale.For(locale.French, locale.Company, locale.School, nil))
		s += fmt.Sprintf("; %d:%s:%s", x.Row, x.Column, x.Code)
		for _, also := range x.Also {
			s += fmt.Sprintf("+%s:%s", also.Column, also.Code)
		}
	}
	return s
}

// both runs dry first, which must say the same as what then happens and change nothing.
func (h host) both(noun transfer.Noun, with string, lines ...string) string {
	h.Helper()
	before := h.lines()
	dry := h.run(noun, with+"d", file(lines...))
	if after := h.lines(); after != before {
		h.Errorf("a dry run wrote %d lines of history", after-before)
	}
	wet := h.run(noun, with, file(lines...))
	if dry != wet {
		h.Errorf("the dry run said %q, then it was %q", dry, wet)
	}
	return wet
}

func (h host) want(got, want string) {
	h.Helper()
	if got != want {
		h.Errorf("got  %q\nwant %q", got, want)
	}
}

// lines counts the history.
func (h host) lines() (n int64) {
	h.Helper()
	h.view(func(tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(h.Context(), tx, sqldb.Value[int64], `SELECT count(*) FROM journal_line WHERE workspace_id = $1`, h.by.Workspace)
		return err
	})
	return n
}

func (h host) organization(name, siret string) (o organization.Organization) {
	h.Helper()
	h.update(func(tx *sqldb.Tx) (err error) {
		o, err = organization.Create(h.Context(), tx, h.by, organization.Input{Name: name, SIRET: siret})
		return err
	})
	return o
}

func (h host) contact(of id.Organization, in contact.Input) (c contact.Contact) {
	h.Helper()
	in.Source = contact.Import
	h.update(func(tx *sqldb.Tx) (err error) {
		c, err = contact.Create(h.Context(), tx, h.by, of, in)
		return err
	})
	return c
}

func (h host) number(n int64) (c contact.Contact) {
	h.Helper()
	h.view(func(tx *sqldb.Tx) (err error) {
		c, err = contact.ByNumber(h.Context(), tx, h.by, n)
		return err
	})
	return c
}

// everybody lists the contacts as lines, by age.
func (h host) everybody() (all []string) {
	h.Helper()
	err := directory.Each(h.Context(), h.db, h.by, directory.Filter{Shown: directory.Everybody}, func(e contact.Exported) error {
		all = append(all, strings.Join([]string{e.Label(), e.SIRET.Plain(), string(e.Civility), e.FamilyName.String(), e.GivenName.String(),
			e.Mobile.String(), e.Phone.String(), e.JobTitle, e.Email.String()}, "|"))
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
	return all
}

func wantKey(t *testing.T, err error, key string) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Message.Key != key {
		t.Errorf("%v, want %s", err, key)
	}
}

// SIRETs that hold together.
const (
	corvenne = "81245739800020"
	lannoy   = "73282932000074"
	zeros    = "00012345600006"
)
