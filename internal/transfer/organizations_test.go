package transfer_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/transfer"
)

func (h host) organizations() (all []string) {
	h.Helper()
	err := organization.Each(h.Context(), h.db, h.by, organization.Filter{Everything: true}, func(o organization.Organization) error {
		all = append(all, strings.Join([]string{o.SIRET.Plain(), o.CustomerNumber, o.Name, o.Address, o.Postcode, o.City, o.Phone.String(), o.Website}, "|"))
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
	return all
}

func TestOrganizations(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		all := newHost(t, db, "brenval", "school")
		const header = "SIRET;Numéro client;Nom;Adresse;Code postal;Ville;Téléphone;Site web"
		const first = corvenne + ";;Ateliers Corvenne;12 rue des Forges;29000;Quimper;02 61 91 40 10;www.corvenne.example"
		const second = ";K 12;Cabinet Roux;;1000;Bruxelles;;"
		t.Run("rows become organisations; twice the same file changes nothing", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Organizations, "", header, first, second), "2 new, 0 changed, 0 unchanged")
			h.want(h.both(transfer.Organizations, "u", header, first, second), "0 new, 0 changed, 2 unchanged")
			h.want(strings.Join(h.organizations(), "; "),
				corvenne+"||Ateliers Corvenne|12 rue des Forges|29000|Quimper|+33261914010|https://www.corvenne.example; |K 12|Cabinet Roux||1000|Bruxelles||")
		})
		t.Run("other values are refused, or change address, phone and website when that is asked for", func(t *testing.T) {
			h := all.in(t)
			moved := strings.Replace(first, "12 rue", "14 rue", 1)
			h.want(h.both(transfer.Organizations, "", header, moved), "0 new, 0 changed, 0 unchanged; 2:Adresse:exists")
			h.want(h.both(transfer.Organizations, "u", header, moved), "0 new, 1 changed, 0 unchanged")
			h.want(h.both(transfer.Organizations, "u", header, moved), "0 new, 0 changed, 1 unchanged")
		})
		t.Run("never a name, a SIRET or a customer number", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Organizations, "u", header, corvenne+";;Corvenne SA;;;;;", corvenne+";K 99;Ateliers Corvenne;;;;;", lannoy+";K 12;Cabinet Roux;;;;;"),
				"0 new, 0 changed, 0 unchanged; 2:Nom:exists; 3:Numéro client:exists; 4:SIRET:siret_differs")
		})
		t.Run("without SIRET and customer number a row is refused: it would come anew each time", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Organizations, "", header, ";;Lannoy;;;;;"), "0 new, 0 changed, 0 unchanged; 2:SIRET:unidentified")
		})
		t.Run("all faults of a row are named", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Organizations, "", header, "123;;;;;;12;javascript:x"),
				"0 new, 0 changed, 0 unchanged; 2:SIRET:siret.length+Nom:required+Téléphone:phone.too_short+Site web:organization.website_invalid")
		})
		t.Run("a French postcode gets back the zero that a spreadsheet took", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Organizations, "", header, lannoy+";;Lannoy;;1000;Bourg-en-Bresse;;"), "1 new, 0 changed, 0 unchanged")
			h.want(h.both(transfer.Organizations, "", header, lannoy+";;Lannoy;;01000;Bourg-en-Bresse;;"), "0 new, 0 changed, 1 unchanged")
		})
		t.Run("two rows about the same organisation are taken once", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Organizations, "u", header, zeros+";Z1;Zéro;;;;;", zeros+";Z1;Zéro;;;;;", ";z 1;Zéro bis;;;;;"), "1 new, 0 changed, 1 unchanged; 4:Nom:duplicate")
		})
	})
}

func TestHeaders(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		all := newHost(t, db, "brenval", "school")
		all.organization("Corvenne", corvenne)
		t.Run("headers are understood in French and English, in any order, accents, case and blanks apart", func(t *testing.T) {
			h := all.in(t)
			h.want(h.run(transfer.Contacts, "", file("PRENOM ;nom;E-mail;n° siret;TELEPHONE;Civilite", "Zoé;Durand;zoe@corvenne.example;"+corvenne+";02 61 91 40 10;Madame")), "1 new, 0 changed, 0 unchanged")
			h.want(h.run(transfer.Contacts, "", file("First name,Last Name,email,SIRET,phone,Civility", "Zoé,Durand,zoe@corvenne.example,"+corvenne+",02 61 91 40 10,Ms")), "0 new, 0 changed, 1 unchanged")
		})
		t.Run("an unknown column is named, not swallowed", func(t *testing.T) {
			o, _ := options("")
			r, err := imports(t.Context(), db, all.by, transfer.Settings{}, transfer.Contacts, o, true, file("SIRET;Nom;Prénom;Couleur;;Rôle", corvenne+";Roux;Léa;bleu;x;Admin"))
			if err != nil || strings.Join(r.UnknownColumns, ",") != "Couleur,E" {
				t.Errorf("%q %v", r.UnknownColumns, err)
			}
		})
		for name, c := range map[string]struct {
			noun  transfer.Noun
			lines []string
			key   string
		}{
			"only a header":          {transfer.Contacts, []string{"SIRET;Nom;Prénom"}, "transfer.file_header_only"},
			"no column that we know": {transfer.Contacts, []string{"a;b;c", "1;2;3"}, "transfer.header_unknown.contacts"},
			"no column of names":     {transfer.Contacts, []string{"SIRET;Email", corvenne + ";x@y.fr"}, "transfer.header_incomplete.contacts"},
			"no SIRET":               {transfer.Organizations, []string{"Nom;Ville", "Corvenne;Quimper"}, "transfer.header_incomplete.organizations"},
			"a column twice":         {transfer.Contacts, []string{"SIRET;Nom;Prénom;Nom de famille", corvenne + ";a;b;c"}, "transfer.header_twice"},
		} {
			t.Run("a file is refused that has "+name, func(t *testing.T) {
				_, err := imports(t.Context(), db, all.by, transfer.Settings{}, c.noun, transfer.Options{}, true, file(c.lines...))
				wantKey(t, err, c.key)
			})
		}
	})
}
