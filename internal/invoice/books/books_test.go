package books_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/invoice/books"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/workspace"
)

type scene struct {
	*testing.T
	db    *sqldb.DB
	store *file.Store
	by    actor.Actor
	dir   string
}

func newScene(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) *scene {
	t.Helper()
	store, err := file.Open(t.TempDir(), file.Settings{Clock: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s := &scene{T: t, db: db, store: store, dir: t.TempDir()}
	err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
		w, err := workspace.Add(t.Context(), tx, workspace.New{Slug: "brenval", Name: "École Brenval", Kind: "school"})
		if err != nil {
			return err
		}
		s.by = actor.OfProgram(w.ID)
		_, err = organization.Create(t.Context(), tx, s.by, organization.Input{Name: "Ateliers Corvenne", SIRET: "81245739800020", CustomerNumber: "K-7"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *scene) put(name string, content []byte) {
	s.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), content, 0o600); err != nil {
		s.Fatal(err)
	}
}

// take imports the folder; refusals are «row column code».
func (s *scene) take(dry bool) (transfer.Result, []string, error) {
	s.Helper()
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		s.Fatal(err)
	}
	defer root.Close()
	var refused []string
	result, err := books.Folder(s.Context(), s.db, s.store, s.by, root, dry, func(r transfer.Refusal) error {
		for _, f := range r.Faults {
			refused = append(refused, strings.Join([]string{string(rune('0' + r.Row)), f.Column, f.Code}, " "))
		}
		return nil
	})
	return result, refused, err
}

func (s *scene) find() (part paging.Part[invoice.Listed]) {
	s.Helper()
	err := s.db.View(s.Context(), func(tx *sqldb.Tx) (err error) {
		part, err = invoice.Find(s.Context(), tx, s.by, invoice.Filter{Sort: invoice.Oldest})
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return part
}

const rowsOfFolder = `Numéro;Type;SIRET;Numéro client;Date d’émission;Échéance;Référence;Montant HT;Reste à payer (TTC);Monnaie;État;Fichier;Inconnue
F-1;Facture;812 457 398 00020;;01/10/2026;31/10/2026;CMD-1;1 000,00;1 200,00;EUR;À payer;un.pdf;x
A-2;Avoir;;k-7;02/10/2026;;;50;60;;Payée;deux.pdf;
F-3;Facture;81245739800020;;30/02/2026;31/10/2026;;99999999999999999999;NaN;EUR;;un.pdf;
F-4;Facture;81245739800020;;01/10/2026;31/10/2026;;1;1;EUR;;../un.pdf;
F-5;Facture;81245739800020;;01/10/2026;31/10/2026;;1;1;EUR;;page.pdf;
F-6;Facture;;K-8;01/10/2026;31/10/2026;;1;1;EUR;;un.pdf;
f -1;Facture;81245739800020;;01/10/2026;31/10/2026;;7;7;EUR;;un.pdf;
`

var wrong = []string{
	"4 Date d’émission day.invalid", "4 Montant HT money.too_large", "4 Reste à payer (TTC) money.invalid", "5 Fichier file_outside", "6 Fichier file_not_pdf", "7 Numéro client no_organization", "8 Numéro exists",
}

func TestFolder(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		if _, _, err := s.take(false); fault.As(err) == nil || fault.As(err).Message.Key != "books.no_list" {
			t.Error(err)
		}
		s.put("un.pdf", sample.PDF("Facture 1"))
		s.put("deux.pdf", sample.PDF("Avoir 2"))
		s.put("page.pdf", []byte("<!DOCTYPE html><script>alert(1)</script>"))
		s.put("liste.csv", []byte(rowsOfFolder))
		t.Run("a dry run says what would become of the rows, and keeps nothing", func(t *testing.T) {
			result, refused, err := s.take(true)
			if err != nil || result.New != 2 || result.Refused != 5 || !slices.Equal(refused, wrong) || !slices.Equal(result.UnknownColumns, []string{"Inconnue"}) {
				t.Errorf("%+v %q %v", result, refused, err)
			}
			if s.find().Total != 0 {
				t.Error("something was kept")
			}
		})
		t.Run("each row is taken whole, or refused alone with its reasons", func(t *testing.T) {
			result, refused, err := s.take(false)
			if err != nil || result.New != 2 || result.Refused != 5 || !slices.Equal(refused, wrong) {
				t.Errorf("%+v %q %v", result, refused, err)
			}
			found := s.find().Items
			if len(found) != 2 || found[0].NetAmount != 100000 || found[0].Reference != "CMD-1" || found[1].Kind != invoice.CreditNote || found[1].AmountDue != -6000 || found[1].State != invoice.Paid {
				t.Errorf("%+v", found)
			}
		})
		t.Run("the same folder twice changes nothing, also when one was marked paid since", func(t *testing.T) {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := invoice.SetState(t.Context(), tx, s.by, invoice.Paid, s.find().Items[0].ID)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			result, _, err := s.take(false)
			if err != nil || result.New != 0 || result.Unchanged != 2 || s.find().Total != 2 {
				t.Errorf("%+v %v", result, err)
			}
		})
		t.Run("another PDF under the same number is refused", func(t *testing.T) {
			s.put("un.pdf", sample.PDF("Facture 1, corrigée"))
			if _, refused, err := s.take(false); err != nil || refused[0] != "2 Numéro exists" {
				t.Error(refused, err)
			}
		})
		t.Run("a list that Excel wrote in Windows-1252 is read, and one with English columns", func(t *testing.T) {
			ansi, err := charmap.Windows1252.NewEncoder().String("Numéro;Numéro client;Date d’émission;Échéance;Montant HT;Reste à payer (TTC);Fichier\r\nF-9;K-7;01/10/2026;02/10/2026;1,5;2;deux.pdf\r\n")
			if err != nil {
				t.Fatal(err)
			}
			s.put("liste.csv", []byte(ansi))
			if result, refused, err := s.take(false); err != nil || result.New != 1 {
				t.Error(result, refused, err)
			}
			s.put("liste.csv", []byte("\uFEFFnumber,siret,date of issue,due date,net amount,amount_due,file\nF-10,81245739800020,2026-10-01,2026-10-02,\"1,234.56\",2,deux.pdf\n"))
			if result, refused, err := s.take(false); err != nil || result.New != 1 {
				t.Error(result, refused, err)
			}
		})
		t.Run("a list that lacks a column is refused whole", func(t *testing.T) {
			s.put("liste.csv", []byte("Numéro;SIRET;Montant HT\nF-1;81245739800020;1\n"))
			if _, _, err := s.take(false); fault.As(err) == nil || fault.As(err).Message.Key != "books.header_incomplete" {
				t.Error(err)
			}
		})
	})
}

func TestExport(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		s.put("un.pdf", sample.PDF("Facture"))
		s.put("liste.csv", []byte("Numéro;SIRET;Date d’émission;Échéance;Référence;Montant HT;Reste à payer (TTC);Fichier\n=1+1;81245739800020;01/10/2026;31/10/2026;@x;1 000;1 200,50;un.pdf\n"))
		if _, refused, err := s.take(false); err != nil || refused != nil {
			t.Fatal(refused, err)
		}
		var out bytes.Buffer
		rows, err := books.Export(context.Background(), db, s.by, invoice.Filter{}, list.CSV, &out, locale.For(locale.French, locale.Company, locale.School, nil))
		want := "\uFEFFNuméro;Type;Organisation;Date d’émission;Échéance;Référence;Montant HT;Reste à payer (TTC);Monnaie;État\r\n'=1+1;Facture;Ateliers Corvenne;01/10/2026;31/10/2026;'@x;1000,00;1200,50;EUR;À payer\r\n"
		if err != nil || rows != 1 || out.String() != want {
			t.Errorf("%d %v\n%q\n%q", rows, err, out.String(), want)
		}
	})
}
