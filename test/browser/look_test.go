package browser

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNavigation(t *testing.T) {
	address := site(t, map[string]string{
		"/":         `<a href="/two">Suite</a><button>Même nom</button>`,
		"/two":      `<h1>Deux</h1><button>Même nom</button><a href="/">Retour</a>`,
		"/export":   `<h1>Export</h1><a href="/file">Exporter</a> <a href="/file" download>Enregistrer la liste</a>`,
		"/fetch":    `<button id="go">Chercher</button><p id="out">rien</p><script src="/fetch.js"></script>`,
		"/fetch.js": `go.onclick = async () => { out.textContent = await (await fetch("/slow")).text() }`,
	})
	t.Run("a click waits for the page that it loads", func(t *testing.T) {
		p := Window(t)
		p.Open(address)
		for range 5 {
			p.Click("link", "Suite")
			if p.Address() != address+"/two" {
				t.Fatalf("after the click at %s", p.Address())
			}
			p.Click("link", "Retour")
			if p.Address() != address+"/" {
				t.Fatalf("after the click back at %s", p.Address())
			}
		}
	})
	t.Run("a click waits for the request that it starts", func(t *testing.T) {
		p := Window(t)
		p.Open(address + "/fetch")
		p.Click("button", "Chercher")
		if err := p.watch.busy(); err != nil {
			t.Error(err)
		}
		p.See("arrivé")
	})
	t.Run("a download gives the file's name and content, and leaves the page", func(t *testing.T) {
		for _, options := range [][]Option{nil, {WithoutJavaScript}} {
			p := Window(t, options...)
			p.Open(address + "/export")
			for _, link := range []string{"Exporter", "Enregistrer la liste"} {
				if file, content := p.Download("link", link); file != "contacts.csv" || string(content) != "Nom;Prénom" {
					t.Errorf("%s gives %q with %q", link, file, content)
				}
			}
			p.See("Export")
		}
	})
	t.Run("each window has its own cookies, and the language that it was given", func(t *testing.T) {
		with, without := Window(t), Window(t, Speaking("en"))
		with.SetCookie(address, &http.Cookie{Name: "saved", Value: "here", HttpOnly: true})
		with.Open(address + "/me")
		with.See("saved=here true fr-FR")
		without.Open(address + "/me")
		without.See("false en")
	})
	t.Run("an address where nobody answers is said", func(t *testing.T) {
		said := complaints(t, func(p *Page) { p.Open("http://127.0.0.1:1/") })
		if len(said) == 0 || !strings.Contains(said[0], "ERR_") {
			t.Errorf("said %q", said)
		}
	})
}

func TestKeyboard(t *testing.T) {
	address := site(t, map[string]string{
		"/": `<button>Un</button><button>Deux</button><details><summary>Plus</summary>Dedans</details><label>Nom <input></label>`,
	})
	t.Run("Tab walks, Shift+Tab walks back, keys work where the focus is", func(t *testing.T) {
		p := Window(t)
		p.Open(address)
		if now := p.Focused(); now != "" {
			t.Errorf("at first %s has the focus", now)
		}
		p.TabTo("button", "Deux")
		p.Press("Shift+Tab")
		if now := p.Focused(); now != "button «Un»" {
			t.Errorf("then %s has the focus", now)
		}
		p.TabTo("summary", "Plus")
		p.Press("Enter")
		p.See("Dedans")
		p.TabTo("textbox", "Nom")
		p.Type("Martin")
		p.SeeValue("Nom", "Martin")
		p.Press("Control+a", "Backspace", "x", "Space", "y")
		p.SeeValue("Nom", "x y")
	})
	t.Run("what Tab never reaches is said with what it meets", func(t *testing.T) {
		complains(t, func(p *Page) { p.Open(address); p.TabTo("button", "Trois") }, "never reaches button «Trois»", "button «Un», button «Deux»")
	})
	t.Run("a key that does not exist is refused", func(t *testing.T) {
		complains(t, func(p *Page) { p.Open(address); p.Press("Kontrol+a") }, "Kontrol")
	})
}

func TestProblems(t *testing.T) {
	address := site(t, map[string]string{
		"/fine":     `<p>Bien</p>`,
		"/console":  `<script src="/error.js"></script>`,
		"/error.js": `console.error("raté", 42)`,
		"/throws":   `<script src="/throw.js"></script>`,
		"/throw.js": `null.x`,
		"/inline":   `<script>document.title = "jamais"</script>`,
		"/style":    `<p style="color: red">Rouge</p>`,
		"/missing":  `<img src="/nothing.png" alt="Rien">`,
		"/else":     `<img src="http://elsewhere.example/x.png" alt="Ailleurs">`,
		"/alert":    `<script src="/alert.js"></script><p>Après</p>`,
		"/alert.js": `alert("Attention")`,
	})
	problems := map[string][]string{
		"/console": {"console: raté 42"},
		"/throws":  {"exception: TypeError"},
		"/inline":  {"security: ", "Content Security Policy"},
		"/style":   {"security: ", "Content Security Policy"},
		"/missing": {"/nothing.png answers 404 to Image"},
		"/broken":  {"/broken answers 500 to Document"},
		"/alert":   {"JavaScript alert: Attention"},
	}
	for path, words := range problems {
		t.Run(path+" fails its test", func(t *testing.T) {
			complains(t, func(p *Page) { p.Open(address + path) }, words...)
		})
	}
	t.Run("a request that leaves the machine fails its test", func(t *testing.T) {
		said := strings.Join(complaints(t, func(p *Page) { p.Open(address + "/else") }), "\n")
		if !strings.Contains(said, "asks elsewhere: Image http://elsewhere.example/x.png") && !strings.Contains(said, "security: ") {
			t.Errorf("said %q", said)
		}
	})
	t.Run("a page without a problem passes, and so does one whose problem is meant", func(t *testing.T) {
		if said := complaints(t, func(p *Page) { p.Open(address + "/fine") }); len(said) > 0 {
			t.Errorf("said %q", said)
		}
		if said := complaints(t, func(p *Page) { p.Allow("raté"); p.Open(address + "/console") }); len(said) > 0 {
			t.Errorf("said %q", said)
		}
	})
}

// good is a page without a fault.
const good = `<h1>Contacts</h1><label>Nom <input></label><button>Ajouter</button>`

func TestAxe(t *testing.T) {
	if _, err := axeSource(); err != nil && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	address := site(t, map[string]string{
		"/good":          good,
		"/label":         `<h1>Contacts</h1><input>`,
		"/dark":          `<link rel="stylesheet" href="/dark.css"><h1>Contacts</h1><p>Pâle</p>`,
		"/sandbox/good":  good,
		"/sandbox/label": `<h1>Contacts</h1><input>`,
		"/ground":        `<meta name="color-scheme" content="light dark"><h1>Contacts</h1><p><a href="/good">Fiche</a></p>`,
		"/pale":          `<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="/pale.css"><h1>Contacts</h1><p>Pâle</p>`,
		"/pale.css":      `@media (prefers-color-scheme: dark) { p { color: #333 } }`,
		"/dark.css":      `@media (prefers-color-scheme: dark) { html { background: #222; color: #333 } }`,
	})
	often := 1 // is told what colours do not decide
	if os.Getenv("ENTREGENT_TEST_FULL") != "" {
		often = 2
	}
	t.Run("a page without a violation passes, with scripts off too", func(t *testing.T) {
		for _, options := range [][]Option{nil, {WithoutJavaScript}, {Wide(390), Dark}} {
			p := Window(t, options...)
			p.Open(address + "/good")
			p.Axe()
			p.See("Contacts")
		}
	})
	t.Run("a violation fails, with its rule, its help and its place; one that is none of colours, of the light page", func(t *testing.T) {
		said := complaints(t, func(p *Page) { p.Open(address + "/label"); p.Axe() })
		schemes := []string{"light", "dark"}[:often]
		if len(said) != len(schemes) {
			t.Fatalf("%d complaints: %q", len(said), said)
		}
		for i, scheme := range schemes {
			for _, word := range []string{scheme + " page at 1280 pixels", "label: Form elements must have labels", "[input]", "/label"} {
				if !strings.Contains(said[i], word) {
					t.Errorf("does not say %q: %s", word, said[i])
				}
			}
		}
	})
	t.Run("a page that its policy puts into a sandbox, where no timer goes off, is judged like any other", func(t *testing.T) {
		p := Window(t)
		p.Open(address + "/sandbox/good")
		p.Axe()
		said := complaints(t, func(p *Page) { p.Open(address + "/sandbox/label"); p.Axe() })
		if len(said) != often || !strings.Contains(said[0], "label: Form elements must have labels") {
			t.Errorf("said %q", said)
		}
	})
	t.Run("a page that leaves its ground to the browser is judged on the browser’s own", func(t *testing.T) {
		p := Window(t)
		p.Open(address + "/ground")
		p.Axe()
		complains(t, func(p *Page) { p.Open(address + "/pale"); p.Axe() }, "dark page", "color-contrast")
	})
	t.Run("colours are judged as the dark page shows them too", func(t *testing.T) {
		complains(t, func(p *Page) { p.Open(address + "/dark"); p.Axe() }, "dark page", "color-contrast")
	})
}

func TestLooking(t *testing.T) {
	address := site(t, map[string]string{
		"/good":   good,
		"/wide":   `<h1>Large</h1><link rel="stylesheet" href="/wide.css"><div id="wide">Trop large</div>`,
		"/inside": `<h1>Large</h1><link rel="stylesheet" href="/wide.css"><div id="scrolls"><div id="wide">Défile dedans</div></div>`,
		"/tall":   `<h1>Haut</h1><link rel="stylesheet" href="/wide.css"><div id="tall">Très haut</div>`,
	})
	t.Run("pictures are of the whole page, wide and narrow, light and dark", func(t *testing.T) {
		t.Setenv("ENTREGENT_TEST_PICTURES", "")
		p := Window(t)
		p.Open(address + "/tall")
		p.Screenshot("harness")
		dir, err := artifacts("screens")
		if err != nil {
			t.Fatal(err)
		}
		for name, width := range map[string]int{"harness-1280-light": 1280, "harness-1280-dark": 1280, "harness-360-light": 360, "harness-360-dark": 360} {
			file, err := os.Open(filepath.Join(dir, name+".png"))
			if err != nil {
				t.Fatal(err)
			}
			size, err := png.DecodeConfig(file)
			file.Close()
			if err != nil || size.Width != width || size.Height < 3000 {
				t.Errorf("%s is %d × %d, %v", name, size.Width, size.Height, err)
			}
		}
		if p.view.width != 1280 || p.view.scheme != "light" {
			t.Errorf("the window stayed at %+v", p.view)
		}
	})
	t.Run("where no pictures are wanted, none is made, and a page wider than the window fails all the same", func(t *testing.T) {
		t.Setenv("ENTREGENT_TEST_PICTURES", "none")
		complains(t, func(p *Page) { p.Open(address + "/wide"); p.Screenshot("harness-none"); p.Picture("harness-none") }, "at 360 pixels", `<div id="wide">`)
		dir, err := artifacts("screens")
		if err != nil {
			t.Fatal(err)
		}
		if made, _ := filepath.Glob(filepath.Join(dir, "harness-none*")); len(made) > 0 {
			t.Errorf("made %v", made)
		}
	})
	t.Run("a page wider than the window fails, at the width where it is", func(t *testing.T) {
		complains(t, func(p *Page) {
			p.Open(address + "/wide")
			p.NoSidewaysScroll()
			p.Width(390)
			p.NoSidewaysScroll()
		}, "at 390 pixels", `<div id="wide">`)
	})
	t.Run("a picture of a page wider than the window fails", func(t *testing.T) {
		complains(t, func(p *Page) { p.Open(address + "/wide"); p.Screenshot("harness-wide") }, "at 360 pixels", `<div id="wide">`)
	})
	t.Run("what scrolls inside its own box passes", func(t *testing.T) {
		p := Window(t, Wide(360))
		p.Open(address + "/inside")
		p.NoSidewaysScroll()
	})
}

func TestOutline(t *testing.T) {
	p := Window(t)
	p.Open(site(t, map[string]string{"/": `<div><h1>Contacts</h1><p hidden>Absent</p>
		<ul><li><a href="/" aria-current="page">Liste</a></li></ul>
		<label for="name">Nom</label><input id="name" value="Martin" required><input type="hidden" value="4711">
		<select aria-label="Rôle"><option>Admin</option><option selected>Utilisateur</option></select>
		<button popovertarget="menu" aria-label="Actions">…</button><div id="menu" popover><a href="/">Détails</a></div></div>`}))
	t.Run("an outline is what is shown: kinds, names, values and states, without what only arranges them", func(t *testing.T) {
		want := "heading «Contacts»\nitem\n\tlink «Liste» (current)\nlabel «Nom»\nfield text «Martin» (required)\n" +
			"choice «Utilisateur»\n\toption «Admin»\n\toption «Utilisateur»\nbutton «Actions»\n\t«…»\n"
		if got := p.ByRole("main", "").Outline(); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
	t.Run("the words are those of labels, fields and choices, without what is hidden", func(t *testing.T) {
		got := p.Words()
		for _, word := range []string{"Contacts", "Nom", "Martin", "Admin", "Actions"} {
			if !slices.Contains(got, word) {
				t.Errorf("%q is not among %q", word, got)
			}
		}
		for _, word := range []string{"Absent", "Détails"} {
			if slices.Contains(got, word) {
				t.Errorf("%q is among %q", word, got)
			}
		}
	})
	t.Run("a shot has the size of its part, and of a menu that is open over it", func(t *testing.T) {
		closed := sizeOf(t, p.ByRole("heading", "Contacts").Shot())
		if closed.X < 100 || closed.Y < 30 || closed.Y > 100 {
			t.Errorf("the heading is %v", closed)
		}
		before := sizeOf(t, p.ByRole("main", "").Shot())
		p.Click("button", "Actions")
		p.See("Détails")
		if open := sizeOf(t, p.ByRole("main", "").Shot()); open.Y <= before.Y {
			t.Errorf("with the menu %v, without %v", open, before)
		}
	})
}

func sizeOf(t *testing.T, shot []byte) image.Point {
	t.Helper()
	config, err := png.DecodeConfig(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	return image.Pt(config.Width, config.Height)
}
