package transfer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

func printer(l locale.Language) *locale.Printer {
	return locale.For(l, locale.Company, locale.School, nil)
}

func (h host) export(noun transfer.Noun, f list.Format, l locale.Language) []byte {
	h.Helper()
	var b bytes.Buffer
	if _, err := transfer.Export(h.Context(), h.db, h.by, transfer.Everything(noun), f, &b, printer(l)); err != nil {
		h.Fatal(err)
	}
	return b.Bytes()
}

func fileOf(b []byte) sheet.File {
	return sheet.File{ReaderAt: bytes.NewReader(b), Size: int64(len(b))}
}

// difficult fills a host with what spreadsheets are known to spoil.
func difficult(h host) {
	h.want(h.run(transfer.Organizations, "", file("SIRET;Numéro client;Nom;Adresse;Code postal;Ville;Téléphone;Site web",
		zeros+";;=HYPERLINK(\"x\");012;01000;Bourg-en-Bresse;02 61 91 40 10;www.corvenne.example",
		";000123;007;+ 3e étage;1000;Bruxelles;+32 2 555 12 12;", ";1e5;@home;-;29000;Quimper;;", ";12/05;1789;1.50;;;;")), "4 new, 0 changed, 0 unchanged")
	h.want(h.run(transfer.Contacts, "", file("SIRET;Numéro client;Civilité;Nom;Prénom;Portable;Téléphone;Fonction;Email",
		zeros+";;Mme;Durand;Élodie;06 39 98 00 01;02 61 91 40 10;=1+1;elodie.durand@corvenne.example",
		";000123;M.;'t Hooft;-Paul-;;+32 2 555 12 12;+1;", ";000123;;D’Œuvre;Zoé;0262 20 12 34;;@home;", ";1E5;;\"Roux;x\";Léa \"Lé\";+44 7400 123456;;007;")), "4 new, 0 changed, 0 unchanged")
}

func TestExport(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		all := newHost(t, db, "brenval", "school")
		difficult(all)
		t.Run("CSV has SIRETs and phones in groups with blanks, and an apostrophe before what a spreadsheet would spoil", func(t *testing.T) {
			text := string(all.in(t).export(transfer.Contacts, list.CSV, locale.French))
			for _, want := range []string{
				"\uFEFFSIRET;Civilité;Nom;Prénom;Portable;Téléphone;Fonction;Email;Identifiant personnel;Numéro client;Entreprise;Rôle;",
				";Mme;Durand;Élodie;06 39 98 00 01;02 61 91 40 10;'=1+1;elodie.durand@corvenne.example;C-000001;;\"'=HYPERLINK(\"\"x\"\")\";Utilisateur;",
				";'-Paul-;;+32 2 555 12 12;'+1;;C-000002;'000123;'007;", "+262 262 20 12 34;;'@home;", "\"Roux;x\";\"Léa \"\"Lé\"\"\";+44 7400 123456;;'007;",
			} {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in %q", want, text)
				}
			}
		})
		for _, f := range []list.Format{list.CSV, list.XLSX} {
			for _, l := range locale.Languages() {
				t.Run(fmt.Sprintf("%s in %s can be imported again with nothing changed", f, l), func(t *testing.T) {
					h := all.in(t)
					h.want(h.run(transfer.Organizations, "u", fileOf(h.export(transfer.Organizations, f, l))), "0 new, 0 changed, 4 unchanged")
					h.want(h.run(transfer.Contacts, "uacr", fileOf(h.export(transfer.Contacts, f, l))), "0 new, 0 changed, 4 unchanged")
				})
				t.Run(fmt.Sprintf("%s in %s makes the same again in another workspace", f, l), func(t *testing.T) {
					h := all.in(t)
					other := newHost(t, db, "copy-"+string(f)+"-"+string(l), "vendor")
					other.want(other.run(transfer.Organizations, "", fileOf(h.export(transfer.Organizations, f, l))), "4 new, 0 changed, 0 unchanged")
					if a, b := strings.Join(h.organizations(), "\n"), strings.Join(other.organizations(), "\n"); a != b {
						t.Errorf("%s\nbecame\n%s", a, b)
					}
					people := withoutNumbers(t, fileOf(h.export(transfer.Contacts, f, l)))
					other.want(other.run(transfer.Contacts, "", people), "4 new, 0 changed, 0 unchanged")
					if a, b := strings.Join(h.everybody(), "\n"), strings.Join(other.everybody(), "\n"); a != b {
						t.Errorf("%s\nbecame\n%s", a, b)
					}
				})
			}
		}
		t.Run("JSON lines have the glossary's words", func(t *testing.T) {
			lines := bytes.Split(bytes.TrimSpace(all.in(t).export(transfer.Contacts, list.JSONL, locale.French)), []byte("\n"))
			var first map[string]any
			if err := json.Unmarshal(lines[0], &first); err != nil || len(lines) != 4 {
				t.Fatal(len(lines), err)
			}
			if first["number"] != "C-000001" || first["siret"] != zeros || first["mobile"] != "+33639980001" || first["job_title"] != "=1+1" || first["primary"] != true {
				t.Error(first)
			}
		})
		t.Run("the filter says who is exported", func(t *testing.T) {
			var b bytes.Buffer
			n, err := transfer.Export(t.Context(), db, all.by, transfer.Selection{Noun: transfer.Contacts, Contacts: directory.Filter{Query: "dur"}}, list.CSV, &b, printer(locale.French))
			if n != 1 || err != nil || !strings.Contains(b.String(), "Durand") {
				t.Error(n, err, b.String())
			}
			n, err = transfer.Export(t.Context(), db, all.by, transfer.Selection{Noun: transfer.Organizations, Organizations: organization.Filter{Query: "home"}}, list.CSV, &b, printer(locale.French))
			if n != 1 || err != nil {
				t.Error(n, err)
			}
		})
		t.Run("who may not export is refused", func(t *testing.T) {
			by := all.by
			by.Role = actor.StaffOfficer
			if _, err := transfer.Export(t.Context(), db, by, transfer.Selection{Noun: transfer.Contacts}, list.CSV, &bytes.Buffer{}, printer(locale.French)); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
		})
		t.Run("imports and exports stand in the history with their numbers", func(t *testing.T) {
			h := all.in(t)
			kinds := map[string]string{}
			h.view(func(tx *sqldb.Tx) error {
				page, err := journal.Find(t.Context(), tx, h.by, journal.Filter{Size: 500})
				for _, l := range page.Lines {
					if l.Subject.Kind == "transfer" {
						kinds[l.Kind] = fmt.Sprint(l.Changes)
					}
				}
				return err
			})
			h.want(kinds["transfer.imported"], "[{noun  organizations} {new  4}]")
			if got := kinds["transfer.exported"]; !strings.Contains(got, "{rows  ") {
				t.Error(got)
			}
		})
	})
}

// withoutNumbers leaves out the personal identifiers, which belong to their workspace.
func withoutNumbers(t *testing.T, f sheet.File) sheet.File {
	t.Helper()
	return rewritten(t, f, func(column int, cell string) string {
		if column == 8 {
			return ""
		}
		return cell
	})
}

// rewritten writes a file anew as CSV, with each cell changed.
func rewritten(t *testing.T, f sheet.File, change func(column int, cell string) string) sheet.File {
	t.Helper()
	r, err := sheet.Open(f, sheet.Limits{}, func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := sheet.NewCSV(&b)
	if err != nil {
		t.Fatal(err)
	}
	for row := r.Header; err == nil; {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = change(i, c)
		}
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
		var next sheet.Row
		next, err = r.Next()
		row = next.Cells
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return fileOf(b.Bytes())
}

func TestExportOfArchived(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		all := newHost(t, db, "brenval", "school")
		open, gone := all.organization("Corvenne", corvenne), all.organization("Lannoy", lannoy)
		all.contact(open.ID, contact.Input{Civility: "ms", FamilyName: "Durand", GivenName: "Zoé", Phone: "02 61 91 40 10", Email: "zoe@corvenne.example"})
		all.contact(gone.ID, contact.Input{Civility: "ms", FamilyName: "Roux", GivenName: "Léa", Phone: "02 61 91 40 11", Email: "lea@lannoy.example"})
		all.update(func(tx *sqldb.Tx) error {
			_, err := organization.Archive(t.Context(), tx, all.by, gone.ID)
			return err
		})
		rows := func(h host, filter organization.Filter) string {
			h.Helper()
			var b bytes.Buffer
			s := transfer.Selection{Noun: transfer.Organizations, Organizations: filter}
			if _, err := transfer.Export(h.Context(), db, h.by, s, list.CSV, &b, printer(locale.French)); err != nil {
				h.Fatal(err)
			}
			r, err := sheet.Open(fileOf(b.Bytes()), sheet.Limits{}, func(string) bool { return true })
			if err != nil {
				h.Fatal(err)
			}
			var names []string
			at := slices.Index(r.Header, "Archivé le")
			for row, err := r.Next(); err == nil; row, err = r.Next() {
				name := row.Cells[slices.Index(r.Header, "Nom")]
				if row.Cells[at] != "" {
					name += " (archived)"
				}
				names = append(names, name)
			}
			return strings.Join(names, ", ")
		}
		t.Run("an export of a list holds what the list shows, one of everything the archived ones too, with the day", func(t *testing.T) {
			h := all.in(t)
			for _, c := range []struct {
				filter organization.Filter
				want   string
			}{
				{organization.Filter{}, "Corvenne"}, {organization.Filter{Query: "lan"}, ""}, {organization.Filter{Query: "corv"}, "Corvenne"}, {organization.Filter{Everything: true}, "Corvenne, Lannoy (archived)"},
				{organization.Filter{Query: "lan", Everything: true}, "Lannoy (archived)"}, {organization.Filter{Query: "annoy", Everything: true}, "Lannoy (archived)"},
				{organization.Filter{Archived: true}, "Lannoy (archived)"}, {organization.Filter{Query: "corv", Archived: true}, ""}, {organization.Filter{WithoutPrimary: true}, ""},
			} {
				h.want(rows(h, c.filter), c.want)
			}
		})
		for _, f := range []list.Format{list.CSV, list.XLSX} {
			t.Run("with archived ones too it can be imported again with nothing changed: "+string(f), func(t *testing.T) {
				h := all.in(t)
				before := strings.Join(h.organizations(), "\n")
				h.want(h.run(transfer.Organizations, "u", fileOf(h.export(transfer.Organizations, f, locale.French))), "0 new, 0 changed, 2 unchanged")
				h.want(h.run(transfer.Contacts, "uacr", fileOf(h.export(transfer.Contacts, f, locale.French))), "0 new, 0 changed, 2 unchanged")
				h.want(strings.Join(h.organizations(), "\n"), before)
				h.view(func(tx *sqldb.Tx) error {
					o, err := organization.Get(t.Context(), tx, h.by, gone.ID)
					if !o.Archived() {
						t.Error("restored")
					}
					return err
				})
			})
		}
	})
}

func TestTemplate(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		h := newHost(t, db, "brenval", "school")
		for _, noun := range []transfer.Noun{transfer.Organizations, transfer.Contacts} {
			for _, f := range []list.Format{list.CSV, list.XLSX} {
				for _, l := range locale.Languages() {
					t.Run(fmt.Sprintf("the template of %s in %s, %s, can be imported as it is", noun, f, l), func(t *testing.T) {
						var b bytes.Buffer
						if err := transfer.Template(&b, noun, f, printer(l)); err != nil {
							t.Fatal(err)
						}
						o, _ := options("c")
						r, err := imports(t.Context(), db, h.by, transfer.Settings{}, noun, o, true, fileOf(b.Bytes()))
						if err != nil || r.New != 1 || len(r.UnknownColumns) > 0 {
							t.Error(line(r), r.UnknownColumns, err)
						}
					})
				}
			}
		}
	})
}

var number = regexp.MustCompile(`^[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?$`)

// calc is what LibreOffice Calc makes of a cell of a CSV file that it opens and saves: whatever it takes for a number
// is written anew. (Tried with LibreOffice 7.4: CSV and XLSX, each saved as either, come back with nothing changed.)
func calc(s string) string {
	if !number.MatchString(s) {
		return s
	}
	f, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil {
		return s
	}
	return strings.Replace(strconv.FormatFloat(f, 'G', 15, 64), ".", ",", 1)
}

func TestThroughCalc(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		h := newHost(t, db, "brenval", "school")
		difficult(h)
		for noun, want := range map[transfer.Noun]string{transfer.Organizations: "0 new, 0 changed, 4 unchanged", transfer.Contacts: "0 new, 0 changed, 4 unchanged"} {
			t.Run("after a spreadsheet has opened and saved it, a file still changes nothing: "+string(noun), func(t *testing.T) {
				h := h.in(t)
				saved := rewritten(t, fileOf(h.export(noun, list.CSV, locale.French)), func(_ int, cell string) string { return calc(cell) })
				h.want(h.run(noun, "uacr", saved), want)
			})
		}
	})
}
