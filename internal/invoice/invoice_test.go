package invoice_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/money"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestCreate(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		t.Run("an invoice is kept as it was typed, with its file", func(t *testing.T) {
			in := whole(" F-2026-0001 ")
			i := s.must(in)
			if i.Number != "F-2026-0001" || i.NetAmount != 100000 || i.AmountDue != 120000 || i.Currency != "EUR" || i.State != invoice.Unpaid || i.Kind != invoice.Bill ||
				i.IssuedOn != "2026-10-01" || i.DueOn != "2026-10-31" || i.Reference != "CMD-7" || i.Organization != s.org {
				t.Errorf("%+v", i)
			}
			kept, err := s.get(s.staff, i.ID)
			if err != nil || kept != i {
				t.Errorf("%v %+v", err, kept)
			}
			s.view(func(tx *sqldb.Tx) error {
				f, _, err := invoice.File(s.Context(), tx, s.admin, i.ID)
				if f.Kind != file.PDF || f.Name != "facture.pdf" || f.Owner != i.Owner() {
					t.Errorf("%+v", f)
				}
				return err
			})
		})
		t.Run("a number is one invoice's in its workspace, blanks and case apart, and free in another", func(t *testing.T) {
			first := s.must(whole("ab 12"))
			_, err := s.create(s.staff, s.other, whole("A B12"), s.pdf())
			f := fault.As(err)
			if f == nil || f.Kind != fault.Conflict || f.Fields[0].Key != "invoice.number_taken" || f.Fields[0].Link != first.ID.String() {
				t.Errorf("%v", err)
			}
			elsewhere := s.host("orvane")
			if _, err := s.create(elsewhere, s.organization(elsewhere, "Autre"), whole("AB12"), s.pdf()); err != nil {
				t.Error(err)
			}
		})
		t.Run("every fault is told at once, the file's too", func(t *testing.T) {
			in := invoice.Input{Number: "\u00a0", Kind: "bill", State: "late", IssuedOn: "0000-00-00", DueOn: "30/02/2026", Reference: strings.Repeat("x", 101), NetAmount: "99999999999999999999", AmountDue: "NaN", Currency: "EURO"}
			_, err := s.create(s.staff, s.org, in, file.Received{})
			want := map[string]string{"": "fault.fields", "number": "fault.required", "kind": "fault.choice", "state": "fault.choice", "issued_on": "day.invalid", "due_on": "day.invalid",
				"reference": "name.too_long", "net_amount": "money.too_large", "amount_due": "money.invalid", "currency": "money.currency", "files": "invoice.file_missing"}
			if got := faults(err); !maps.Equal(want, got) {
				t.Error(got)
			}
		})
		t.Run("what is no PDF that everybody can open is refused with the reason", func(t *testing.T) {
			html := []byte("<!DOCTYPE html><script>alert(1)</script>")
			locked := []byte(strings.Replace(string(sample.PDF("x")), "/Root 1 0 R", "/Root 1 0 R /Encrypt 6 0 R", 1))
			for name, want := range map[string]string{string(html): "invoice.file_not_pdf", "\x89PNG\r\n\x1a\n": "invoice.file_not_pdf", string(locked): "invoice.file_encrypted", "%PDF-1.4 no end": "invoice.file_not_pdf"} {
				_, err := s.create(s.staff, s.org, whole("X-1"), s.received("../../etc/facture.pdf", []byte(name)))
				if got := faults(err)["files"]; got != want {
					t.Errorf("%.20q: %s, want %s", name, got, want)
				}
			}
		})
		t.Run("the same form sent twice makes one invoice", func(t *testing.T) {
			in := whole("TWICE")
			in.Submission = id.NewJob().UUID
			first, again := s.must(in), s.must(in)
			if first.ID != again.ID {
				t.Error("two")
			}
			s.view(func(tx *sqldb.Tx) error {
				files, err := file.Of(s.Context(), tx, s.staff, first.Owner())
				if len(files) != 1 {
					t.Errorf("%d files", len(files))
				}
				return err
			})
		})
		t.Run("only a credit note is below nought, however it is typed, and needs no due date", func(t *testing.T) {
			in := whole("N-1")
			in.NetAmount = "-1"
			if _, err := s.create(s.staff, s.org, in, s.pdf()); faults(err)["net_amount"] != "invoice.negative" {
				t.Error(err)
			}
			in = whole("N-2")
			in.Kind, in.NetAmount, in.AmountDue, in.DueOn = "credit_note", "50", "-60,00 €", ""
			if i := s.must(in); i.NetAmount != -5000 || i.AmountDue != -6000 || i.DueOn != "" {
				t.Errorf("%+v", i)
			}
			in = whole("N-3")
			if in.DueOn = ""; true {
				if _, err := s.create(s.staff, s.org, in, s.pdf()); faults(err)["due_on"] != "fault.required" {
					t.Error(err)
				}
			}
			in.DueOn = "30/09/2026"
			if _, err := s.create(s.staff, s.org, in, s.pdf()); faults(err)["due_on"] != "invoice.due_before_issue" {
				t.Error(err)
			}
		})
		t.Run("an organisation of another workspace does not exist", func(t *testing.T) {
			elsewhere := s.host("tanguy")
			if _, err := s.create(elsewhere, s.org, whole("Z"), s.pdf()); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
		t.Run("nobody of an organisation files one", func(t *testing.T) {
			if _, err := s.create(s.of(s.org, actor.PortalSuperAdmin), s.org, whole("Z"), s.pdf()); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
		})
	})
}

func TestEdit(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		i := s.must(whole("F-1"))
		s.must(whole("F-2"))
		in := whole("f-1")
		in.Version, in.AmountDue, in.State = i.Version, "700", "paid"
		edited, err := s.edit(s.staff, i.ID, in)
		t.Run("what differs is written, the state is not", func(t *testing.T) {
			if err != nil || edited.AmountDue != 70000 || edited.Number != "f-1" || edited.State != invoice.Unpaid || edited.Version != 2 {
				t.Errorf("%+v %v", edited, err)
			}
		})
		t.Run("an old version is refused with what is there now, but what is there already is confirmed", func(t *testing.T) {
			if _, err := s.edit(s.staff, i.ID, in); err != nil {
				t.Error(err)
			}
			in.Reference = "other"
			now, err := s.edit(s.staff, i.ID, in)
			if f := fault.As(err); f == nil || f.Message.Key != "fault.version" || now.Version != 2 {
				t.Error(err, now)
			}
		})
		t.Run("another's number is refused", func(t *testing.T) {
			in.Number, in.Version = "F-2", 2
			if _, err := s.edit(s.staff, i.ID, in); faults(err)["number"] != "invoice.number_taken" {
				t.Error(err)
			}
		})
		t.Run("another workspace's does not exist", func(t *testing.T) {
			elsewhere := s.host("orvane")
			if _, err := s.edit(elsewhere, i.ID, in); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			s.update(func(tx *sqldb.Tx) error {
				n, err := invoice.SetState(s.Context(), tx, elsewhere, invoice.Paid, i.ID)
				if n != 0 {
					t.Error("marked")
				}
				return err
			})
			s.update(func(tx *sqldb.Tx) error {
				n, err := invoice.Delete(s.Context(), tx, elsewhere, i.ID)
				if n != 0 {
					t.Error("deleted")
				}
				return err
			})
		})
	})
}

func TestSetState(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		a, b := s.must(whole("A")), s.must(whole("B"))
		mark := func(state invoice.State, ids ...id.Invoice) (n int) {
			t.Helper()
			s.update(func(tx *sqldb.Tx) (err error) {
				n, err = invoice.SetState(s.Context(), tx, s.staff, state, ids...)
				return err
			})
			return n
		}
		if n := mark(invoice.Paid, a.ID); n != 1 {
			t.Error(n)
		}
		if n := mark(invoice.Paid, a.ID, b.ID, a.ID, id.NewInvoice()); n != 2 {
			t.Error(n)
		}
		if paid, _ := s.get(s.staff, a.ID); paid.State != invoice.Paid || paid.Version != 2 || paid.Remaining().Amount != 0 {
			t.Errorf("%+v", paid)
		}
		t.Run("the history has a line for each change, and none for what was so already", func(t *testing.T) {
			if kinds := s.kinds(a.ID.UUID); !slices.Equal(kinds, []string{"invoice.filed", "invoice.paid"}) {
				t.Error(kinds)
			}
		})
		t.Run("it can be taken back", func(t *testing.T) {
			mark(invoice.Unpaid, a.ID)
			if back, _ := s.get(s.staff, a.ID); back.State != invoice.Unpaid {
				t.Errorf("%+v", back)
			}
		})
	})
}

// kinds are those of the lines about a subject, oldest first.
func (s *scene) kinds(subject id.UUID) (kinds []string) {
	s.Helper()
	s.view(func(tx *sqldb.Tx) error {
		page, err := journal.Find(s.Context(), tx, s.staff, journal.Filter{Subject: subject})
		for _, line := range slices.Backward(page.Lines) {
			kinds = append(kinds, line.Kind)
		}
		return err
	})
	return kinds
}

func TestReplaceAndDelete(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		i := s.must(whole("A"))
		replace := func(pdf file.Received) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := invoice.Replace(t.Context(), tx, s.staff, i.ID, pdf)
				return err
			})
		}
		if err := replace(s.pdf("another")); err != nil {
			t.Fatal(err)
		}
		if err := replace(s.received("x.pdf", []byte("no"))); faults(err)["files"] != "invoice.file_not_pdf" {
			t.Error(err)
		}
		s.view(func(tx *sqldb.Tx) error {
			files, err := file.Of(t.Context(), tx, s.staff, i.Owner())
			if len(files) != 1 {
				t.Errorf("%d files", len(files))
			}
			return err
		})
		t.Run("deleting takes the file and the values in the history along", func(t *testing.T) {
			s.update(func(tx *sqldb.Tx) error { _, err := invoice.Delete(t.Context(), tx, s.staff, i.ID); return err })
			if _, err := s.get(s.staff, i.ID); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			if kinds := s.kinds(i.ID.UUID); !slices.Equal(kinds, []string{"invoice.filed", "invoice.replaced", "invoice.deleted"}) {
				t.Error(kinds)
			}
			s.view(func(tx *sqldb.Tx) error {
				files, err := file.Of(t.Context(), tx, s.staff, i.Owner())
				if len(files) != 0 {
					t.Error("files")
				}
				n, err2 := sqldb.Total(t.Context(), tx, s.staff.Workspace, "invoices")
				page, err3 := journal.Find(t.Context(), tx, s.staff, journal.Filter{Subject: i.ID.UUID})
				if n != 0 || len(page.Lines[len(page.Lines)-1].Changes) != 0 {
					t.Error(n, page.Lines)
				}
				return cmpOr(err, err2, err3)
			})
		})
	})
}

func cmpOr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestWho names every role for every verb.
func TestWho(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		mine, theirs := s.must(whole("MINE")), s.mustOf(s.other, whole("THEIRS"))
		for _, x := range []struct {
			who                string
			by                 actor.Actor
			sees, others, acts bool
		}{
			{"officer", s.staff, true, true, true},
			{"program", actor.OfProgram(s.staff.Workspace), true, true, true},
			{"user", s.of(s.org, actor.PortalUser), false, false, false},
			{"admin", s.of(s.org, actor.PortalAdmin), true, false, false},
			{"super_admin", s.of(s.org, actor.PortalSuperAdmin), true, false, false},
			{"not authorised", s.of(s.org, actor.PortalGuest), false, false, false},
			{"nobody", actor.Actor{}, false, false, false},
		} {
			t.Run(x.who, func(t *testing.T) {
				_, err := s.get(x.by, mine.ID)
				if (err == nil) != x.sees || err != nil && !fault.Is(err, fault.Forbidden) {
					t.Error("get", err)
				}
				_, err = s.get(x.by, theirs.ID)
				if (err == nil) != x.others || x.sees && !x.others && !fault.Is(err, fault.NotFound) {
					t.Error("another's", err)
				}
				err = db.View(t.Context(), func(tx *sqldb.Tx) error {
					part, err := invoice.Find(t.Context(), tx, x.by, invoice.Filter{Organization: s.other})
					if err == nil && !x.others && (len(part.Items) != 1 || part.Items[0].ID != mine.ID) {
						t.Error("another's list", part.Items)
					}
					sums, err2 := invoice.Remaining(t.Context(), tx, x.by, s.org)
					_, err3 := invoice.Years(t.Context(), tx, x.by, s.org)
					if (err2 == nil) != x.sees || (err3 == nil) != x.sees || x.sees && len(sums) != 1 {
						t.Error(err2, err3, sums)
					}
					return err
				})
				if (err == nil) != x.sees {
					t.Error("find", err)
				}
				for act, do := range map[string]func(tx *sqldb.Tx) error{
					"edit": func(tx *sqldb.Tx) error {
						in := whole("MINE")
						in.Version = mine.Version
						_, err := invoice.Edit(t.Context(), tx, x.by, mine.ID, in)
						return err
					},
					"state": func(tx *sqldb.Tx) error {
						_, err := invoice.SetState(t.Context(), tx, x.by, invoice.Unpaid, mine.ID)
						return err
					},
					"replace": func(tx *sqldb.Tx) error {
						_, err := invoice.Replace(t.Context(), tx, x.by, mine.ID, s.pdf("MINE"))
						return err
					},
					"delete": func(tx *sqldb.Tx) error { _, err := invoice.Delete(t.Context(), tx, x.by); return err },
				} {
					if err := db.Update(t.Context(), do); (err == nil) != x.acts || err != nil && !fault.Is(err, fault.Forbidden) {
						t.Error(act, err)
					}
				}
			})
		}
	})
}

func TestLate(t *testing.T) {
	i := invoice.Invoice{Kind: invoice.Bill, State: invoice.Unpaid, DueOn: "2026-11-08"}
	for today, want := range map[day.Day]int{"2026-11-07": 0, "2026-11-08": 0, "2026-11-09": 1, "2026-11-20": 12} {
		if n := i.Late(today); n != want {
			t.Errorf("%s: %d", today, n)
		}
	}
	paid, credit := i, i
	paid.State, credit.Kind = invoice.Paid, invoice.CreditNote
	if paid.Late("2026-12-01") != 0 || credit.Late("2026-12-01") != 0 {
		t.Error("late")
	}
	if (invoice.Invoice{AmountDue: 5, Currency: money.Euro}).Remaining().Amount != 5 {
		t.Error("remaining")
	}
}

func TestOrganizationWithInvoicesStays(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		i := s.must(whole("A"))
		by := actor.OfProgram(s.staff.Workspace)
		remove := func() error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error { return contact.DeleteOrganization(t.Context(), tx, by, s.org) })
		}
		if err := remove(); fault.As(err) == nil || fault.As(err).Message.Key != "contact.organization_has_invoices" {
			t.Error(err)
		}
		s.update(func(tx *sqldb.Tx) error { _, err := invoice.Delete(t.Context(), tx, by, i.ID); return err })
		if err := remove(); err != nil {
			t.Error(err)
		}
	})
}
