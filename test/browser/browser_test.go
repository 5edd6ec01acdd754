package browser

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) { Main(m) }

// site serves pages by path, with the strict policy that the product has too.
func site(t *testing.T, pages map[string]string) string {
	pages["/wide.css"] = `#wide, #tall { width: 800px } #tall { height: 3000px } #scrolls { overflow-x: auto }
		@media (width < 500px) { #tall { width: auto } } @media (prefers-color-scheme: dark) { html { background: #222; color: #eee } }`
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		policy := "default-src 'self'; img-src 'self' data:"
		if strings.HasPrefix(r.URL.Path, "/sandbox/") {
			policy += "; sandbox allow-same-origin"
		}
		w.Header().Set("Content-Security-Policy", policy)
		if kind := mime.TypeByExtension(path.Ext(r.URL.Path)); kind != "" {
			w.Header().Set("Content-Type", kind)
			fmt.Fprint(w, body)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="fr"><head><title>Essai</title><link rel="icon" href="data:,">
			<meta name="viewport" content="width=device-width"></head><body><main>%s</main></body></html>`, body)
	})
	mux.HandleFunc("POST /save", func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			r.ParseForm()
		}
		http.SetCookie(w, &http.Cookie{Name: "saved", Value: "yes", HttpOnly: true})
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprintf(w, `<!doctype html><html lang="fr"><title>Reçu</title><link rel="icon" href="data:,"><h1>Reçu</h1>
			<p>%s|%s|%s|%s</p>`, r.FormValue("name"), r.FormValue("civility"), r.FormValue("kind"), r.FormValue("day"))
		if file, header, err := r.FormFile("file"); err == nil {
			content, _ := io.ReadAll(file)
			fmt.Fprintf(w, "<p>%s: %s</p>", header.Filename, content)
		}
	})
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(300 * time.Millisecond):
		case <-r.Context().Done():
		}
		fmt.Fprint(w, "arrivé")
	})
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("saved")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<link rel="icon" href="data:,"><p>%v %v %s</p>`, c, err == nil, r.Header.Get("Accept-Language"))
	})
	mux.HandleFunc("GET /file", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Disposition", `attachment; filename="contacts.csv"`)
		fmt.Fprint(w, "Nom;Prénom")
	})
	mux.HandleFunc("GET /broken", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "cassé", http.StatusInternalServerError) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// observed stands in for a test and notes what the harness would tell it.
type observed struct {
	testing.TB
	said     []string
	cleanups []func()
}

func (o *observed) Helper()                   {}
func (o *observed) Name() string              { return o.TB.Name() }
func (o *observed) Failed() bool              { return false }
func (o *observed) Cleanup(f func())          { o.cleanups = append(o.cleanups, f) }
func (o *observed) Errorf(f string, a ...any) { o.said = append(o.said, fmt.Sprintf(f, a...)) }
func (o *observed) Fatalf(f string, a ...any) { o.Errorf(f, a...); runtime.Goexit() }
func (o *observed) Fatal(a ...any)            { o.Fatalf("%s", fmt.Sprint(a...)) }

// complaints runs a test on a window of its own to its end and gives what failed it.
func complaints(t *testing.T, test func(*Page)) []string {
	t.Helper()
	running(t) // skips here what cannot run
	o := &observed{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		page := Window(o)
		page.patience = 700 * time.Millisecond
		test(page)
	}()
	<-done
	for _, f := range slices.Backward(o.cleanups) {
		f()
	}
	return o.said
}

// complains wants exactly one complaint with all these words.
func complains(t *testing.T, test func(*Page), words ...string) {
	t.Helper()
	said := complaints(t, test)
	if len(said) != 1 {
		t.Fatalf("%d complaints, want one: %q", len(said), said)
	}
	for _, word := range words {
		if !strings.Contains(said[0], word) {
			t.Errorf("does not say %q: %s", word, said[0])
		}
	}
}

const form = `<h1>Ajouter</h1><form method="post" action="/save" enctype="multipart/form-data">
	<label>Nom <input name="name" value="ancien" aria-describedby="help"></label><p id="help">Comme sur la carte d’identité</p>
	<label for="c">Civilité&nbsp;:</label><select id="c" name="civility"><option value="">Choisir<option value="ms">Madame<option value="mr">Monsieur<option disabled>Docteur</select>
	<fieldset><legend>Genre</legend><label><input type="radio" name="kind" value="a"> École</label><label><input type="radio" name="kind" value="b"> Éditeur</label></fieldset>
	<label>Jour <input type="date" name="day"></label>
	<label>Fichier <input type="file" name="file"></label>
	<label>Fermé <input disabled></label>
	<button>Enregistrer</button></form>`

func TestForms(t *testing.T) {
	address := site(t, map[string]string{"/form": form})
	file := filepath.Join(t.TempDir(), "liste.csv")
	if err := os.WriteFile(file, []byte("a;b"), 0o600); err != nil {
		t.Fatal(err)
	}
	fill := func(p *Page) {
		p.Open(address + "/form")
		p.Fill("Nom", "Éloïse Martin")
		p.Choose("Civilité :", "Madame")
		p.Choose("Genre", "Éditeur")
		p.Fill("Jour", "2026-11-21")
		p.Attach("Fichier", file)
		p.SeeValue("Nom", "Éloïse Martin")
		p.SeeValue("Civilité :", "Madame")
		p.ByRole("radio", "Éditeur").Is("checked")
		p.ByRole("radio", "École").IsNot("checked")
		p.Field("Fermé").Is("disabled")
		p.Click("button", "Enregistrer")
		p.See("Éloïse Martin|ms|b|2026-11-21")
		p.See("liste.csv: a;b")
		if p.Status() != http.StatusUnprocessableEntity {
			t.Errorf("status %d", p.Status())
		}
	}
	t.Run("fields are filled by their labels and sent", func(t *testing.T) { fill(Window(t)) })
	t.Run("the same without JavaScript", func(t *testing.T) { fill(Window(t, WithoutJavaScript)) })
	t.Run("filling replaces, and nothing empties", func(t *testing.T) {
		p := Window(t)
		p.Open(address + "/form")
		if p.Value("Nom") != "ancien" {
			t.Errorf("it begins with %q", p.Value("Nom"))
		}
		p.Fill("Nom", "")
		p.SeeValue("Nom", "")
	})
	t.Run("a field says what describes it", func(t *testing.T) {
		p := Window(t)
		p.Open(address + "/form")
		if got := p.Field("Nom").Description(); got != "Comme sur la carte d’identité" {
			t.Errorf("described as %q", got)
		}
	})
	t.Run("what is not there or not possible is said with what is there", func(t *testing.T) {
		complains(t, func(p *Page) { p.Open(address + "/form"); p.Fill("Prénom", "x") }, "no field «Prénom»", "«Nom»", "/form")
		complains(t, func(p *Page) { p.Open(address + "/form"); p.Fill("Fermé", "x") }, "«Fermé» is disabled")
		complains(t, func(p *Page) { p.Open(address + "/form"); p.Choose("Civilité :", "Maître") }, "no «Maître» among «Choisir», «Madame»")
		complains(t, func(p *Page) { p.Open(address + "/form"); p.Choose("Civilité :", "Docteur") }, "cannot be chosen")
		complains(t, func(p *Page) { p.Open(address + "/form"); p.Click("button", "Envoyer") }, "no button «Envoyer»", "«Enregistrer»")
	})
}

func TestFinding(t *testing.T) {
	address := site(t, map[string]string{
		"/list": `<ul><li>Martin <button>Supprimer</button></li><li>Durand <button>Supprimer</button></li></ul>
			<details><summary>Plus</summary><p>Caché d’abord</p></details>
			<button hidden>Invisible</button><script src="/dialog.js"></script>
			<button id="open">Ouvrir</button><dialog id="d" aria-label="Boîte"><p>Dedans</p><form method="dialog"><button>Fermer</button></form></dialog>`,
		"/dialog.js": `document.addEventListener("click", (e) => {
			if (e.target.id === "open") d.showModal()
			if (e.target.closest("li")) e.target.closest("li").remove()
		})`,
		"/covered":   `<button>Dessous</button><link rel="stylesheet" href="/cover.css"><div id="cover">Voile</div><script src="/cover.js"></script>`,
		"/cover.css": ``,
		"/cover.js":  `Object.assign(cover.style, {position: "fixed", inset: "0", background: "white"})`,
		"/label":     `<label for="x" id="l">Accepter</label><input type="checkbox" id="x"><script src="/label.js"></script>`,
		"/label.js":  `Object.assign(x.style, {position: "absolute", inset: "0 auto auto 0", margin: "0", width: "5px", height: "5px"}); Object.assign(l.style, {position: "absolute", inset: "0 auto auto 0", zIndex: "1"})`,
	})
	t.Run("a thing in a part, where there are several", func(t *testing.T) {
		p := Window(t)
		p.Open(address + "/list")
		p.Holding("listitem", "Martin").Click("button", "Supprimer")
		p.Gone("Martin")
		p.See("Durand")
		if got := p.Texts("listitem", ""); len(got) != 1 || got[0] != "Durand Supprimer" {
			t.Errorf("left: %q", got)
		}
	})
	t.Run("several things that fit are refused", func(t *testing.T) {
		complains(t, func(p *Page) { p.Open(address + "/list"); p.Click("button", "Supprimer") }, "there are 2 of button «Supprimer»; say in which part")
	})
	t.Run("what is hidden is not there, until it is shown", func(t *testing.T) {
		p := Window(t)
		p.Open(address + "/list")
		p.ByRole("button", "Invisible").Vanishes()
		p.Gone("Caché d’abord")
		p.Click("summary", "Plus")
		p.See("Caché d’abord")
	})
	t.Run("behind a modal dialog nothing can be reached", func(t *testing.T) {
		p := Window(t)
		p.Open(address + "/list")
		p.Click("button", "Ouvrir")
		dialog := p.ByRole("dialog", "Boîte")
		dialog.Appears()
		dialog.See("Dedans")
		if n := p.Count("button", ""); n != 1 {
			t.Errorf("%d buttons can be reached", n)
		}
		p.Press("Escape")
		dialog.Vanishes()
		if n := p.Count("button", ""); n != 3 {
			t.Errorf("%d buttons after the dialog", n)
		}
	})
	t.Run("a covered button cannot be clicked", func(t *testing.T) {
		complains(t, func(p *Page) { p.Open(address + "/covered"); p.Click("button", "Dessous") }, "is covered by <div id=\"cover\"")
	})
	t.Run("a box under its drawn label is clicked there", func(t *testing.T) {
		p := Window(t)
		p.Open(address + "/label")
		p.Click("checkbox", "Accepter")
		p.ByRole("checkbox", "Accepter").Is("checked")
	})
	t.Run("text that never comes is said with what is shown", func(t *testing.T) {
		complains(t, func(p *Page) { p.Open(address + "/list"); p.See("Bernard") }, "does not show «Bernard»", "Martin Supprimer")
		complains(t, func(p *Page) { p.Open(address + "/list"); p.Gone("Martin") }, "still shows «Martin»")
	})
}
