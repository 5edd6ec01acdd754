package transfers_test

import (
	"archive/zip"
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer"
)

const people = "SIRET;Civilité;Nom;Prénom;Portable;Téléphone;Fonction;Email;Couleur\n" +
	"356 000 000 00048;Mme;Garnier;Hélène;06 39 98 11 22;02 61 91 40 99;Tutrice;Hélène.Garnier@loch.example;vert\n" +
	"356 000 000 00048;M.;Le Bihan;Yves;;02 61 91 40 98;;yves.lebihan@loch.example;\n" +
	"35600000049837;M.;Nouveau;Jean;;;;jean@poste.example;\n" +
	"35600000000048;M.;;Paul;06 12;;;;\n"

// upload sends a form with a file, as a browser does: the fields first.
func upload(b *officetest.Browser, path, name string, content []byte, fields ...string) *officetest.Browser {
	b.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			b.Fatal(err)
		}
	}
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	w.Close()
	return b.Send("POST", path, &body, http.Header{"Content-Type": {w.FormDataContentType()}})
}

// work runs the jobs that wait.
func work(h *officetest.House) {
	h.Helper()
	r := job.New(h.DB, job.Options{})
	transfer.Register(r, transfer.Settings{})
	if _, err := r.RunDue(h.Context()); err != nil {
		h.Fatal(err)
	}
}

func TestImport(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		h.Organization(h.School, "Verrerie du Loc’h", "35600000000048")
		admin := h.As(h.School.Admin)
		const start = "/brenval/office/import"
		var at string // the page of the import

		t.Run("a file is checked first: what would come of it, what is refused and why", func(t *testing.T) {
			h.TB = t
			at = upload(admin, start, "people.csv", []byte(people), "noun", "contacts").Want(http.StatusSeeOther).To
			admin.Get(at).Want(http.StatusOK, "people.csv", "Vérification du fichier", "0 %").
				WantMarkup(`<noscript><p><a href="">Actualiser</a></p></noscript>`, `data-refresh="2"`, `<progress`)
			work(h)
			admin.Get(at).Want(http.StatusOK, "À décider", "ligne à ajouter 1", "lignes refusées 3", "Une colonne n’est pas reconnue et sera ignorée : « Couleur »",
				"Ligne 2 Email", "Peut-être helene.garnier@loch.example ?", "Ligne 4 SIRET Cette entreprise est inconnue", "Ligne 5 Nom Ce champ est obligatoire", "Ligne 5 Portable",
				"Accepter les corrections proposées").WantNot("Actualiser")
			if n := headcount(h); n != 0 {
				t.Errorf("%d contacts after the dry run", n)
			}
		})

		t.Run("corrections and options are taken in one press, and checked again", func(t *testing.T) {
			h.TB = t
			admin.Post(at+"/check", url.Values{"accept_corrections": {"1"}, "create_organizations": {"1"}}).WantTo(at)
			work(h)
			admin.Get(at).Want(http.StatusOK, "lignes à ajouter 3", "ligne refusée 1", "entreprise à créer 1").
				WantMarkup(`name="create_organizations" value="1" checked`).WantNot("Peut-être helene")
		})

		t.Run("then it is imported, once however often one presses", func(t *testing.T) {
			h.TB = t
			for range 2 {
				admin.Post(at+"/start", nil).WantTo(at)
			}
			admin.Get(at).Want(http.StatusOK, "Import en cours", "Vous pouvez quitter cette page")
			work(h)
			admin.Post(at+"/start", nil).WantTo(at)
			admin.Get(at).Want(http.StatusOK, "Terminé", "lignes ajoutées 3", "1 ligne refusée", "Voir les contacts")
			if n := headcount(h); n != 3 {
				t.Errorf("%d contacts", n)
			}
			admin.Get("/brenval/office/contacts").Want(http.StatusOK, "Mme GARNIER Hélène", "helene.garnier @loch.example", "M. NOUVEAU Jean")
			admin.Get("/brenval/office/journal").Want(http.StatusOK, "Vous avez importé un fichier (lignes ajoutées : 3, mises à jour : 0, refusées : 1)")
		})

		t.Run("it is found again, with the refused rows to take along", func(t *testing.T) {
			h.TB = t
			admin.Get(start).Want(http.StatusOK, "people.csv", "Terminé", "Ajoutées : 3, mises à jour : 0, refusées : 1", "Nadia Kessler")
			b := admin.Get(at + "/refused").Want(http.StatusOK)
			if !strings.Contains(b.Body, "Paul") || !strings.Contains(b.Body, "Motif") || strings.Contains(b.Body, "Le Bihan") || !strings.Contains(b.Header.Get("Content-Disposition"), "contacts-refuses.csv") {
				t.Error(b.Body, b.Header)
			}
		})

		t.Run("the same file again changes nothing", func(t *testing.T) {
			h.TB = t
			again := upload(admin, start, "people.csv", []byte(people), "noun", "contacts", "accept_corrections", "1", "create_organizations", "1").To
			work(h)
			admin.Get(again).Want(http.StatusOK, "lignes inchangées 3", "Ce fichier ne changerait rien")
		})

		t.Run("it can be cancelled while it is checked, and has no way on then", func(t *testing.T) {
			h.TB = t
			other := upload(admin, start, "x.csv", []byte(people), "noun", "contacts").To
			admin.Post(other+"/cancel", nil).WantTo(other)
			work(h)
			admin.Get(other).Want(http.StatusOK, "Annulé", "Cet import a été annulé")
			admin.Post(other+"/start", nil).WantTo(other)
			admin.Post(other+"/check", nil).WantTo(other)
			admin.Get(other).Want(http.StatusOK, "Annulé")
		})

		t.Run("nobody else’s imports exist, and officers bring nothing in", func(t *testing.T) {
			h.TB = t
			officer, stranger := h.As(h.School.Officer), h.As(h.Vendor.Admin)
			officer.Get(start).Want(http.StatusForbidden)
			upload(officer, start, "x.csv", []byte(people), "noun", "contacts").Want(http.StatusForbidden)
			theirs := strings.Replace(at, "brenval", "orvane", 1)
			for _, address := range []string{theirs, theirs + "/refused", "/orvane/office/import/" + id.NewTransfer().String(), "/orvane/office/import/x"} {
				stranger.Get(address).Want(http.StatusNotFound)
			}
			for _, act := range []string{"/check", "/start", "/cancel"} {
				stranger.Post(theirs+act, nil).Want(http.StatusNotFound)
				officer.Post(at+act, nil).Want(http.StatusForbidden)
			}
		})
	})
}

func headcount(h *officetest.House) int {
	h.Helper()
	var n int64
	h.View(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = sqldb.Total(ctx, tx, h.School.ID, "contacts")
		return err
	})
	return int(n)
}

func TestUnusableFiles(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		admin := h.As(h.School.Admin)
		const start = "/brenval/office/import"
		for name, f := range map[string]struct {
			content []byte
			says    string
		}{
			"empty.csv":   {nil, "Ce fichier est vide"},
			"paper.csv":   {[]byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"), "n’est pas un tableau"},
			"zeros.csv":   {make([]byte, 200_000), "n’est pas un tableau"},
			"header.csv":  {[]byte("Nom;Prénom;SIRET\n"), ""},
			"nothing.csv": {[]byte("a;b;c\n1;2;3\n"), "Aucune colonne connue"},
			"line.csv":    {[]byte(strings.Repeat("x", 900_000)), ""},
			"broken.xlsx": {[]byte("PK\x03\x04broken"), "abîmé"},
			"bomb.xlsx":   {bomb(t), ""},
			"large.csv":   {bytes.Repeat([]byte("Nom;Prénom;SIRET\n"), 70_000), "dépasse 1 Mo"},
		} {
			t.Run(name+" is refused beside its field, and the choices stay", func(t *testing.T) {
				h.TB = t
				b := upload(admin, start, name, f.content, "noun", "organizations", "update", "1")
				if b.Status == http.StatusSeeOther { // its header is in order: the check finds it
					work(h)
					b.Get(b.To).Want(http.StatusOK, "L’import n’a pas abouti")
					return
				}
				b.Want(http.StatusUnprocessableEntity, "1 champ est à corriger", f.says).WantMarkup(`id="noun-organizations" value="organizations" checked`, `name="update" value="1" checked`)
			})
		}
		t.Run("a file that is no file, no noun and no form at all are refused", func(t *testing.T) {
			h.TB = t
			upload(admin, start, "", nil, "noun", "contacts").Want(http.StatusUnprocessableEntity, "Ce champ est obligatoire")
			upload(admin, start, "x.csv", []byte(people), "noun", "x").Want(http.StatusUnprocessableEntity, "Choisissez l’une des réponses")
			admin.Post(start, url.Values{"noun": {"contacts"}}).Want(http.StatusUnprocessableEntity)
			admin.Send("POST", start, strings.NewReader("--x\r\nbroken"), http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}).Want(http.StatusUnprocessableEntity)
			upload(admin, start, "x.csv", make([]byte, 4<<20), "noun", "contacts").Want(http.StatusUnprocessableEntity, "dépasse 1 Mo")
			upload(admin, start, "../../évil\u202e.csv", []byte(people), "noun", "contacts").Want(http.StatusSeeOther)
		})
		t.Run("nothing of them is kept", func(t *testing.T) {
			h.TB = t
			admin.Get(start).Want(http.StatusOK).WantNot("paper.csv", "bomb.xlsx", "zeros.csv")
		})
	})
}

// bomb is a workbook that would unpack to far more than it weighs.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 60 {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTemplates(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		admin := h.As(h.School.Admin)
		t.Run("they are there for both nouns, and import as they are", func(t *testing.T) {
			h.TB = t
			h.Organization(h.School, "La Poste", "35600000000048")
			for _, noun := range []string{"organizations", "contacts"} {
				for _, format := range []string{"csv", "xlsx"} {
					b := admin.Get("/brenval/office/import/template?noun=" + noun + "&format=" + format).Want(http.StatusOK)
					if !strings.Contains(b.Header.Get("Content-Disposition"), "modele-") {
						t.Error(b.Header)
					}
					at := upload(admin, "/brenval/office/import", "m."+format, []byte(b.Body), "noun", noun, "create_organizations", "1").To
					work(h)
					admin.Get(at).Want(http.StatusOK, "ligne à ajouter 1", "ligne refusée 0")
				}
			}
		})
		t.Run("others are not", func(t *testing.T) {
			h.TB = t
			for _, q := range []string{"", "?noun=contacts", "?noun=contacts&format=jsonl", "?noun=x&format=csv", "?noun=contacts&format=%00"} {
				admin.Get("/brenval/office/import/template" + q).Want(http.StatusNotFound)
			}
			h.As(h.School.Officer).Get("/brenval/office/import/template?noun=contacts&format=csv").Want(http.StatusForbidden)
		})
	})
}
