package office_test

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
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer"
)

const people = "SIRET;Civilité;Nom;Prénom;Portable;Téléphone;Fonction;Email;Couleur\n" +
	"356 000 000 00048;Mme;Garnier;Hélène;06 39 98 11 22;02 61 91 40 99;Tutrice;Hélène.Garnier@loch.example;vert\n" +
	"356 000 000 00048;M.;Le Bihan;Yves;;02 61 91 40 98;;yves.lebihan@loch.example;\n" +
	"35600000049837;M.;Nouveau;Jean;;;;jean@poste.example;\n" +
	"35600000000048;M.;;Paul;06 12;;;;\n"

// upload sends a form with a file, as a browser does: the fields first.
func (b *browser) upload(path, name string, content []byte, fields ...string) *browser {
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
	return b.send("POST", path, &body, http.Header{"Content-Type": {w.FormDataContentType()}})
}

// work runs the jobs that wait.
func (h *house) work() {
	h.Helper()
	r := job.New(h.db, job.Options{})
	transfer.Register(r, transfer.Settings{})
	if _, err := r.RunDue(h.Context()); err != nil {
		h.Fatal(err)
	}
}

func TestImport(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.organization(h.school, "Verrerie du Loc’h", "35600000000048")
		admin := h.as(h.school.admin)
		const start = "/brenval/office/import"
		var at string // the page of the import

		t.Run("a file is checked first: what would come of it, what is refused and why", func(t *testing.T) {
			h.TB = t
			at = admin.upload(start, "people.csv", []byte(people), "noun", "contacts").want(http.StatusSeeOther).to
			admin.get(at).want(http.StatusOK, "people.csv", "Vérification du fichier", "0 %").
				wantMarkup(`<noscript><meta http-equiv="refresh" content="2"></noscript>`, `data-refresh="2"`, `<progress`)
			h.work()
			admin.get(at).want(http.StatusOK, "À décider", "ligne à ajouter 1", "lignes refusées 3", "Une colonne n’est pas reconnue et sera ignorée : « Couleur »",
				"Ligne 2 Email", "Peut-être helene.garnier@loch.example ?", "Ligne 4 SIRET Cette entreprise est inconnue", "Ligne 5 Nom Ce champ est obligatoire", "Ligne 5 Portable",
				"Accepter les corrections proposées").wantNot("http-equiv")
			if n := h.headcount(); n != 0 {
				t.Errorf("%d contacts after the dry run", n)
			}
		})

		t.Run("corrections and options are taken in one press, and checked again", func(t *testing.T) {
			h.TB = t
			admin.post(at+"/check", url.Values{"accept_corrections": {"1"}, "create_organizations": {"1"}}).wantTo(at)
			h.work()
			admin.get(at).want(http.StatusOK, "lignes à ajouter 3", "ligne refusée 1", "entreprise à créer 1").
				wantMarkup(`name="create_organizations" value="1" checked`).wantNot("Peut-être helene")
		})

		t.Run("then it is imported, once however often one presses", func(t *testing.T) {
			h.TB = t
			for range 2 {
				admin.post(at+"/start", nil).wantTo(at)
			}
			admin.get(at).want(http.StatusOK, "Import en cours", "Vous pouvez quitter cette page")
			h.work()
			admin.post(at+"/start", nil).wantTo(at)
			admin.get(at).want(http.StatusOK, "Terminé", "lignes ajoutées 3", "1 ligne refusée", "Voir les contacts")
			if n := h.headcount(); n != 3 {
				t.Errorf("%d contacts", n)
			}
			admin.get("/brenval/office/contacts").want(http.StatusOK, "Mme GARNIER Hélène", "helene.garnier @loch.example", "M. NOUVEAU Jean")
			admin.get("/brenval/office/journal").want(http.StatusOK, "Vous avez importé un fichier (lignes ajoutées : 3, mises à jour : 0, refusées : 1)")
		})

		t.Run("it is found again, with the refused rows to take along", func(t *testing.T) {
			h.TB = t
			admin.get(start).want(http.StatusOK, "people.csv", "Terminé", "Ajoutées : 3, mises à jour : 0, refusées : 1", "Nadia Kessler")
			b := admin.get(at + "/refused").want(http.StatusOK)
			if !strings.Contains(b.body, "Paul") || !strings.Contains(b.body, "Motif") || strings.Contains(b.body, "Le Bihan") || !strings.Contains(b.header.Get("Content-Disposition"), "contacts-refuses.csv") {
				t.Error(b.body, b.header)
			}
		})

		t.Run("the same file again changes nothing", func(t *testing.T) {
			h.TB = t
			again := admin.upload(start, "people.csv", []byte(people), "noun", "contacts", "accept_corrections", "1", "create_organizations", "1").to
			h.work()
			admin.get(again).want(http.StatusOK, "lignes inchangées 3", "Ce fichier ne changerait rien")
		})

		t.Run("it can be cancelled while it is checked, and has no way on then", func(t *testing.T) {
			h.TB = t
			other := admin.upload(start, "x.csv", []byte(people), "noun", "contacts").to
			admin.post(other+"/cancel", nil).wantTo(other)
			h.work()
			admin.get(other).want(http.StatusOK, "Annulé", "Cet import a été annulé")
			admin.post(other+"/start", nil).wantTo(other)
			admin.post(other+"/check", nil).wantTo(other)
			admin.get(other).want(http.StatusOK, "Annulé")
		})

		t.Run("nobody else’s imports exist, and officers bring nothing in", func(t *testing.T) {
			h.TB = t
			officer, stranger := h.as(h.school.officer), h.as(h.vendor.admin)
			officer.get(start).want(http.StatusForbidden)
			officer.upload(start, "x.csv", []byte(people), "noun", "contacts").want(http.StatusForbidden)
			theirs := strings.Replace(at, "brenval", "orvane", 1)
			for _, address := range []string{theirs, theirs + "/refused", "/orvane/office/import/" + id.NewTransfer().String(), "/orvane/office/import/x"} {
				stranger.get(address).want(http.StatusNotFound)
			}
			for _, act := range []string{"/check", "/start", "/cancel"} {
				stranger.post(theirs+act, nil).want(http.StatusNotFound)
				officer.post(at+act, nil).want(http.StatusForbidden)
			}
		})
	})
}

func (h *house) headcount() int {
	h.Helper()
	var n int64
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = sqldb.Total(ctx, tx, h.school.ID, "contacts")
		return err
	})
	return int(n)
}

func TestUnusableFiles(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.as(h.school.admin)
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
				b := admin.upload(start, name, f.content, "noun", "organizations", "update", "1")
				if b.status == http.StatusSeeOther { // its header is in order: the check finds it
					h.work()
					b.get(b.to).want(http.StatusOK, "L’import n’a pas abouti")
					return
				}
				b.want(http.StatusUnprocessableEntity, "1 champ est à corriger", f.says).wantMarkup(`id="noun-organizations" value="organizations" checked`, `name="update" value="1" checked`)
			})
		}
		t.Run("a file that is no file, no noun and no form at all are refused", func(t *testing.T) {
			h.TB = t
			admin.upload(start, "", nil, "noun", "contacts").want(http.StatusUnprocessableEntity, "Ce champ est obligatoire")
			admin.upload(start, "x.csv", []byte(people), "noun", "x").want(http.StatusUnprocessableEntity, "Choisissez l’une des réponses")
			admin.post(start, url.Values{"noun": {"contacts"}}).want(http.StatusUnprocessableEntity)
			admin.send("POST", start, strings.NewReader("--x\r\nbroken"), http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}).want(http.StatusUnprocessableEntity)
			admin.upload(start, "x.csv", make([]byte, 4<<20), "noun", "contacts").want(http.StatusUnprocessableEntity, "dépasse 1 Mo")
			admin.upload(start, "../../évil\u202e.csv", []byte(people), "noun", "contacts").want(http.StatusSeeOther)
		})
		t.Run("nothing of them is kept", func(t *testing.T) {
			h.TB = t
			admin.get(start).want(http.StatusOK).wantNot("paper.csv", "bomb.xlsx", "zeros.csv")
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
	each(t, func(t *testing.T, h *house) {
		admin := h.as(h.school.admin)
		t.Run("they are there for both nouns, and import as they are", func(t *testing.T) {
			h.TB = t
			h.organization(h.school, "La Poste", "35600000000048")
			for _, noun := range []string{"organizations", "contacts"} {
				for _, format := range []string{"csv", "xlsx"} {
					b := admin.get("/brenval/office/import/template?noun=" + noun + "&format=" + format).want(http.StatusOK)
					if !strings.Contains(b.header.Get("Content-Disposition"), "modele-") {
						t.Error(b.header)
					}
					at := admin.upload("/brenval/office/import", "m."+format, []byte(b.body), "noun", noun, "create_organizations", "1").to
					h.work()
					admin.get(at).want(http.StatusOK, "ligne à ajouter 1", "ligne refusée 0")
				}
			}
		})
		t.Run("others are not", func(t *testing.T) {
			h.TB = t
			for _, q := range []string{"", "?noun=contacts", "?noun=contacts&format=jsonl", "?noun=x&format=csv", "?noun=contacts&format=%00"} {
				admin.get("/brenval/office/import/template" + q).want(http.StatusNotFound)
			}
			h.as(h.school.officer).get("/brenval/office/import/template?noun=contacts&format=csv").want(http.StatusForbidden)
		})
	})
}
