package transfer_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/transfer"
)

const header = "SIRET;Civilité;Nom;Prénom;Portable;Téléphone;Fonction;Email"

const (
	durand = corvenne + ";Mme;Durand;Élodie;06 39 98 00 01;02 61 91 40 10;RH;elodie.durand@corvenne.example"
	martin = corvenne + ";M.;Martin;Paul;;;;"
)

func TestContacts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		all := newHost(t, db, "brenval", "school")
		all.organization("Corvenne", corvenne)

		t.Run("a right row becomes a contact; civility, phone and email may be missing", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Contacts, "", header, durand, martin), "2 new, 0 changed, 0 unchanged")
			c := h.number(1)
			if c.FamilyName.String() != "Durand" || c.Mobile.String() != "+33639980001" || c.Source != contact.Import || c.LoginEnabled || !c.AuthorizedAt.IsZero() {
				t.Errorf("%+v", c)
			}
			if c := h.number(2); !c.Civility.IsZero() && c.Civility != "mr" || !c.Phone.IsZero() || !c.Email.IsZero() {
				t.Errorf("%+v", c)
			}
		})
		t.Run("the same file twice changes nothing", func(t *testing.T) {
			h := all.in(t)
			before := h.everybody()
			h.want(h.both(transfer.Contacts, "", header, durand, martin), "0 new, 0 changed, 2 unchanged")
			h.want(h.both(transfer.Contacts, "cuar", header, durand, martin), "0 new, 0 changed, 2 unchanged")
			if after := h.everybody(); strings.Join(after, "\n") != strings.Join(before, "\n") {
				t.Errorf("%v became %v", before, after)
			}
		})
		t.Run("names are compared as keys: case, accents, hyphens and blanks apart", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Contacts, "", header, corvenne+";;DURAND; elodie ;;;;"), "0 new, 0 changed, 1 unchanged")
		})
		t.Run("what a row leaves empty says nothing", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Contacts, "u", header, corvenne+";;Durand;Élodie;;;;"), "0 new, 0 changed, 1 unchanged")
		})
		t.Run("a row whose key exists with other values is refused", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Contacts, "", header, strings.Replace(durand, "00 01", "00 02", 1)), "0 new, 0 changed, 0 unchanged; 2:Portable:exists")
		})
		t.Run("with --update it changes phones and function", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Contacts, "u", header, corvenne+";;Durand;Élodie;06 39 98 00 02;02 61 91 40 11;Directrice;"), "0 new, 1 changed, 0 unchanged")
			c := h.number(1)
			if c.Mobile.String() != "+33639980002" || c.Phone.String() != "+33261914011" || c.JobTitle != "Directrice" || c.Email.String() != "elodie.durand@corvenne.example" || c.Civility != "ms" {
				t.Errorf("%+v", c)
			}
		})
		t.Run("but never an e-mail or a civility, not even where there is none yet", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Contacts, "u", header,
				corvenne+";;Durand;Élodie;06 39 98 00 05;;;other@corvenne.example",
				corvenne+";;Martin;Paul;;;;paul@corvenne.example"),
				"0 new, 0 changed, 0 unchanged; 2:Email:exists; 3:Email:exists")
			if c := h.number(1); c.Mobile.String() != "+33639980002" {
				t.Error("half of the row was taken")
			}
		})
		t.Run("an import sends nothing", func(t *testing.T) {
			h := all.in(t)
			h.view(func(tx *sqldb.Tx) error {
				n, err := sqldb.One(t.Context(), tx, sqldb.Value[int64], `SELECT count(*) FROM job`)
				if n != 0 {
					t.Errorf("%d jobs", n)
				}
				return err
			})
		})
		t.Run("who may not import is refused", func(t *testing.T) {
			by := all.by
			by.Role = actor.StaffOfficer
			_, err := imports(t.Context(), db, by, transfer.Settings{}, transfer.Contacts, transfer.Options{}, true, file(header, durand))
			if !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
		})
	})
}

func TestRefusedContacts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		all := newHost(t, db, "brenval", "school")
		org := all.organization("Corvenne", corvenne)
		gone := all.organization("Lannoy", lannoy)
		all.contact(org.ID, contact.Input{FamilyName: "Petit", GivenName: "Luc", Email: "luc.petit@corvenne.example"})
		all.update(func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE organization SET archived_at = $1 WHERE id = $2`, tx.Now(), gone.ID)
			return err
		})
		for name, c := range map[string]struct{ row, want string }{
			"without SIRET":                       {";;Durand;Zoé;;;;", "2:SIRET:required"},
			"with a wrong SIRET":                  {"81245739800021;;Durand;Zoé;;;;", "2:SIRET:siret.checksum"},
			"with a SIRET that a table rounded":   {"8,12457E+13;;Durand;Zoé;;;;", "2:SIRET:siret.rounded"},
			"of an unknown organisation":          {zeros + ";;Durand;Zoé;;;;", "2:SIRET:unknown_organization"},
			"of an archived organisation":         {lannoy + ";;Durand;Zoé;;;;", "2:SIRET:archived"},
			"without a name":                      {corvenne + ";;;Zoé;;;;", "2:Nom:required"},
			"with a name without letters":         {corvenne + ";;12;Zoé;;;;", "2:Nom:name.no_letter"},
			"with an invisible character":         {corvenne + ";;Du\u200Brand;Zoé;;;;", "2:Nom:name.invisible"},
			"with a control character":            {corvenne + ";;Du\x01rand;Zoé;;;;", "2:Nom:name.control"},
			"with broken UTF-8":                   {corvenne + ";;Dürand Ümit;Zo\xE9;;;;", "2:Prénom:name.broken"},
			"with a field of 10,000 characters":   {corvenne + ";;Durand;Zoé;;;" + strings.Repeat("x", 10_000) + ";", "2:Fonction:name.too_long"},
			"with an unknown civility":            {corvenne + ";Comte;Durand;Zoé;;;;", "2:Civilité:name.civility"},
			"with an extension":                   {corvenne + ";;Durand;Zoé;;02 61 91 40 10 poste 12;;", "2:Téléphone:phone.extension"},
			"with capitals in the e-mail":         {corvenne + ";;Durand;Zoé;;;;Zoe@corvenne.example", "2:Email:email.capitals"},
			"with several faults, all named":      {corvenne + ";Comte;;Zoé;12;;;é@x", "2:Civilité:name.civility+Nom:required+Portable:phone.too_short+Email:email.domain_without_dot"},
			"with more cells than columns":        {corvenne + ";;Durand;Zoé;;;;;too much", "2:I:too_many_cells"},
			"with a mark of a formula in a phone": {corvenne + ";;Durand;Zoé;=1+1;;;", "2:Portable:phone.characters"},
		} {
			t.Run("a row is refused alone "+name, func(t *testing.T) {
				h := all.in(t)
				o, dry := options("d")
				r, err := imports(t.Context(), db, h.by, transfer.Settings{}, transfer.Contacts, o, dry, file(header, c.row, durand))
				if err != nil {
					t.Fatal(err)
				}
				h.want(line(r), "1 new, 0 changed, 0 unchanged; "+c.want)
			})
		}
		t.Run("two rows about the same person: with the same values the second changes nothing, with others it is refused", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Contacts, "u", header, durand, durand, strings.Replace(durand, "RH", "DRH", 1)), "1 new, 0 changed, 1 unchanged; 4:Nom:duplicate")
			h.want(h.both(transfer.Contacts, "u", header, durand, durand, strings.Replace(durand, "RH", "DRH", 1)), "0 new, 0 changed, 2 unchanged; 4:Nom:duplicate")
		})
		t.Run("a proposed correction of an e-mail is taken when that is asked for", func(t *testing.T) {
			h := all.in(t)
			row := corvenne + ";;Roux;Léa;;;;Léa.Roux@corvenne.example "
			h.want(h.both(transfer.Contacts, "", header, row), "0 new, 0 changed, 0 unchanged; 2:Email:email.capitals_accents")
			h.want(h.both(transfer.Contacts, "a", header, row), "1 new, 0 changed, 0 unchanged")
			h.want(h.both(transfer.Contacts, "a", header, row), "0 new, 0 changed, 1 unchanged")
		})
		t.Run("but not when it would be another contact's address", func(t *testing.T) {
			h := all.in(t)
			o, _ := options("a")
			r, err := imports(t.Context(), db, h.by, transfer.Settings{}, transfer.Contacts, o, false, file(header,
				corvenne+";;Noir;Ève;;;;Luc.Petit@corvenne.example", corvenne+";;Blanc;Guy;;;;Team@corvenne.example", corvenne+";;Gris;Ida;;;;TEAM@corvenne.example"))
			if err != nil {
				t.Fatal(err)
			}
			h.want(line(r), "1 new, 0 changed, 0 unchanged; 2:Email:email.capitals; 4:Email:email.capitals")
			if p := r.Refusals[0].Faults[0].Message.Proposal; p != "" {
				t.Errorf("it is still proposed: %q", p)
			}
		})
		t.Run("nor is it proposed then; a contact's own address is", func(t *testing.T) {
			o, _ := options("")
			r, err := imports(t.Context(), db, all.by, transfer.Settings{}, transfer.Contacts, o, true, file(header,
				corvenne+";;Noir;Ève;;;;Luc.Petit@corvenne.example", corvenne+";;Petit;Luc;;;;Luc.Petit@corvenne.example", corvenne+";;Vert;Max;;;;Max.Vert@corvenne.example"))
			if err != nil || len(r.Refusals) != 3 {
				t.Fatal(line(r), err)
			}
			for i, want := range []string{"", "luc.petit@corvenne.example", "max.vert@corvenne.example"} {
				if got := r.Refusals[i].Faults[0].Message.Proposal; got != want {
					t.Errorf("row %d: %q, want %q", i+2, got, want)
				}
			}
		})
	})
}

func TestOrganizationsOfContacts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		all := newHost(t, db, "brenval", "school")
		const header = "SIRET;Numéro client;Entreprise;Nom;Prénom"
		t.Run("an unknown organisation is made when that is asked for, once for all its people", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Contacts, "c", header,
				corvenne+";;Ateliers Corvenne;Durand;Zoé", "812 457 398 00020;;;Martin;Paul", lannoy+";;;Petit;Luc", ";K 12;Cabinet Roux;Roux;Léa", ";k12;;Noir;Ève"),
				"5 new, 0 changed, 0 unchanged, 3 organisations")
			h.want(h.both(transfer.Contacts, "", header, ";K12;;Roux;Léa"), "0 new, 0 changed, 1 unchanged")
			var names []string
			h.view(func(tx *sqldb.Tx) (err error) {
				names, err = sqldb.List(t.Context(), tx, sqldb.Value[string], `SELECT name FROM organization ORDER BY id`)
				return err
			})
			h.want(strings.Join(names, ", "), "Ateliers Corvenne, 732 829 320 00074, Cabinet Roux")
		})
		t.Run("a SIRET and a customer number that do not belong together are refused", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Contacts, "c", header, corvenne+";K12;;Blanc;Guy", zeros+";K12;;Gris;Ida"),
				"0 new, 0 changed, 0 unchanged; 2:Numéro client:customer_number_differs; 3:SIRET:siret_differs")
		})
		t.Run("an organisation is not made for a contact that is refused", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Contacts, "c", header, zeros+";;Zéro;Durand;12"), "0 new, 0 changed, 0 unchanged; 2:Prénom:name.no_letter")
			h.want(h.both(transfer.Contacts, "", header, zeros+";;;Durand;Zoé"), "0 new, 0 changed, 0 unchanged; 2:SIRET:unknown_organization")
		})
	})
}

func TestNumberedContacts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		all := newHost(t, db, "brenval", "school")
		org := all.organization("Corvenne", corvenne)
		all.organization("Lannoy", lannoy)
		all.contact(org.ID, contact.Input{FamilyName: "Durand", GivenName: "Zoé"})
		all.contact(org.ID, contact.Input{FamilyName: "Martin", GivenName: "Paul"})
		const header = "Identifiant personnel;SIRET;Nom;Prénom;Fonction"

		for name, c := range map[string]struct{ row, want string }{
			"that nobody bears":          {"C-000099;" + corvenne + ";Durand;Zoé;", "2:Identifiant personnel:number_unknown"},
			"that is none":               {"X-1;" + corvenne + ";Durand;Zoé;", "2:Identifiant personnel:number_malformed"},
			"and another organisation":   {"C-000001;" + lannoy + ";Durand;Zoé;", "2:SIRET:other_organization"},
			"and an unknown one":         {"C-000001;" + zeros + ";Durand;Zoé;", "2:SIRET:other_organization"},
			"and another name":           {"C-000001;" + corvenne + ";Duval;Zoé;", "2:Nom:other_name"},
			"and another spelling of it": {"C-000001;" + corvenne + ";DURAND;Zoé;", "2:Nom:other_name"},
		} {
			t.Run("a row is refused with a number "+name, func(t *testing.T) {
				h := all.in(t)
				h.want(h.both(transfer.Contacts, "", header, c.row), "0 new, 0 changed, 0 unchanged; "+c.want)
			})
		}
		t.Run("a row is matched by its number, however that is written; name and organisation may be left out", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Contacts, "", header, "c-1;"+corvenne+";Durand;Zoé;"), "0 new, 0 changed, 1 unchanged")
			h.want(h.both(transfer.Contacts, "u", header, "1;;;;RH"), "0 new, 1 changed, 0 unchanged")
		})
		t.Run("another name renames when that is asked for, with everything else", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Contacts, "ru", header, "C-000001;"+corvenne+";Duval-Durand;Zoé;DRH"), "0 new, 1 changed, 0 unchanged")
			if c := h.number(1); c.FamilyName.String() != "Duval-Durand" || c.JobTitle != "DRH" {
				t.Errorf("%+v", c)
			}
			h.want(h.both(transfer.Contacts, "ru", header, "C-000001;"+corvenne+";Duval-Durand;Zoé;DRH"), "0 new, 0 changed, 1 unchanged")
		})
		t.Run("a name that another contact bears is refused", func(t *testing.T) {
			h := all.in(t)
			h.want(h.both(transfer.Contacts, "r", header, "C-000001;"+corvenne+";Martin;Paul;"), "0 new, 0 changed, 0 unchanged; 2:Nom:account_exists")
		})
		t.Run("names known to other workspaces are refused too, to the command line as often as it tries", func(t *testing.T) {
			h := all.in(t)
			other := newHost(t, db, "lannoy", "school")
			of := other.organization("Corvenne", corvenne)
			rows := []string{header}
			for _, letter := range strings.Split("abcdefghijklmno", "") {
				other.contact(of.ID, contact.Input{FamilyName: "Secret " + letter, GivenName: "Max"})
				mine := h.contact(org.ID, contact.Input{FamilyName: "Open " + letter, GivenName: "Max"})
				rows = append(rows, mine.Label()+";"+corvenne+";Secret "+letter+";Max;")
			}
			got := h.run(transfer.Contacts, "r", file(rows...))
			if tried, ended := strings.Count(got, "account_exists"), strings.Count(got, "renames_ended"); tried != 15 || ended != 0 {
				t.Errorf("%d tried, %d not: %s", tried, ended, got)
			}
			if again := h.run(transfer.Contacts, "", file("SIRET;Nom;Prénom", corvenne+";Secret a;Max")); again != "1 new, 0 changed, 0 unchanged" {
				t.Errorf("a new contact of that name: %s", again)
			}
		})
	})
}

// TestImportOfSomebodyKnownElsewhere: a file of strangers and of people who have joined another workspace, under a stranger's
// address, is told and becomes the same.
func TestImportOfSomebodyKnownElsewhere(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		other, all := newHost(t, db, "lannoy", "school"), newHost(t, db, "brenval", "school")
		known := other.contact(other.organization("Corvenne", corvenne).ID, contact.Input{FamilyName: "Connu", GivenName: "Karl", Email: "karl@corvenne.example"})
		desk := login.NewDesk(db, secret.New(), login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 1})
		hash, err := desk.Hash(t.Context(), "lanterne violette du quai")
		if err != nil {
			t.Fatal(err)
		}
		other.update(func(tx *sqldb.Tx) error {
			l, err := login.Create(t.Context(), tx, actor.Actor{Kind: actor.Program}, login.New{Email: known.Email.String(), Name: "Karl Connu"}, hash)
			if err != nil {
				return err
			}
			before := known
			known.Login, known.JoinedAt, known.LoginEmail, known.LoginEnabled = l.ID, tx.Now(), known.Email, true
			return known.SaveLogin(t.Context(), tx, other.by, before, "contact.joined")
		})
		all.organization("Corvenne", corvenne)
		row := func(family, address string) string { return corvenne + ";M.;" + family + ";Karl;;;;" + address }
		t.Run("the dry run and the import say nothing of it", func(t *testing.T) {
			h := all.in(t)
			for _, one := range []string{row("Inconnu", "stranger@evil.example"), row("Connu", "thief@evil.example")} {
				h.want(h.both(transfer.Contacts, "", header, one), "1 new, 0 changed, 0 unchanged")
			}
		})
		t.Run("what is imported knows nothing of the other's login and address, and has no state of theirs", func(t *testing.T) {
			h := all.in(t)
			stranger, same := h.number(1), h.number(2)
			if same.Account != known.Account {
				t.Fatal("they do not share the account: this attacks nothing")
			}
			if same.Email.String() != "thief@evil.example" || !same.LoginEmail.IsZero() || !same.Login.IsZero() || !same.JoinedAt.IsZero() || same.LoginEnabled || !same.AuthorizedAt.IsZero() {
				t.Errorf("%+v", same)
			}
			if same.State() != stranger.State() || same.Version != stranger.Version || same.LoginEpoch != stranger.LoginEpoch {
				t.Errorf("%+v is not as %+v", same, stranger)
			}
		})
	})
}

func TestImportsAtOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		h := newHost(t, db, "brenval", "school")
		t.Run("several imports of the same people at once add each of them once", func(t *testing.T) {
			rows := []string{"Numéro client;Nom;Prénom"}
			for n := range 300 {
				rows = append(rows, "K"+letters(n/10)+";Du"+letters(n)+";Zoé")
			}
			results := make([]result, 4)
			var all sync.WaitGroup
			for i := range results {
				all.Go(func() {
					mine := slices.Clone(rows)
					if i%2 == 1 {
						slices.Reverse(mine[1:])
					}
					var err error
					o, _ := options("c")
					if results[i], err = imports(t.Context(), db, h.by, transfer.Settings{}, transfer.Contacts, o, false, file(mine...)); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			var sum transfer.Counts
			for _, r := range results {
				sum.New, sum.Unchanged, sum.Refused, sum.Organizations = sum.New+r.New, sum.Unchanged+r.Unchanged, sum.Refused+len(r.Refusals), sum.Organizations+r.Organizations
			}
			if sum != (transfer.Counts{New: 300, Unchanged: 900, Organizations: 30}) || len(h.everybody()) != 300 {
				t.Errorf("%+v, %d contacts", sum, len(h.everybody()))
			}
		})
	})
}
