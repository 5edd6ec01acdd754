package walks_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"image/png"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/test/browser"
)

var update = flag.Bool("update", false, "take the pictures of docs/guide anew, with what they show")

const (
	guideDir    = "../../docs/guide/"
	heaviest    = 80 << 10 // of a picture, in bytes
	howToUpdate = "if the guide's words still hold, renew its pictures: go test ./test/walks -run TestGuide -update"
)

// TestGuide does what the pages of docs/guide say, step by step, and holds pages and pictures against what it sees. A picture is
// not compared point by point: beside it stands in words what it shows, NAME.txt, and that must be what the page shows today.
func TestGuide(t *testing.T) {
	t.Parallel()
	for _, p := range procedures {
		t.Run(p.page, func(t *testing.T) {
			begin := p.at
			if begin == nil {
				begin = startThen
			}
			at := begin(t)
			g := &guide{t: t, at: at, name: p.page, text: guideText(t, p.page+".md"), words: map[string]bool{}, window: at.as(t, p.who)}
			p.do(g)
			g.look()
			for _, label := range labels(g.text) {
				if !g.words[label] {
					t.Errorf("docs/guide/%s.md speaks of « %s », which stands on none of the pages that it leads to", p.page, label)
				}
			}
		})
	}
	t.Run("files", func(t *testing.T) { guideFiles(t, os.DirFS(guideDir)) })
}

// then is the day on which the guide's pictures were taken, whenever that was.
var then = time.Date(2026, time.September, 16, 12, 0, 0, 0, time.UTC)

// filledThen is filled as of an hour before.
var filledThen = sync.OnceValues(func() (map[string][]byte, error) { return fill(from(then.Add(-time.Hour))) })

// from is a clock that begins at a moment.
func from(moment time.Time) func() time.Time {
	begun := time.Now()
	return func() time.Time { return moment.Add(time.Since(begun)) }
}

// startThen serves the demo on that day.
func startThen(t *testing.T) *product { return startBy(t, filledThen, from(then)) }

// startBy serves a demo on SQLite by a clock of the walk's own.
func startBy(t *testing.T, filled func() (map[string][]byte, error), clock func() time.Time, change ...func(c *config.Config)) *product {
	t.Helper()
	c := settings(filepath.Join(t.TempDir(), "var"))
	unpack(t, c.Store.Data, filled)
	for _, do := range change {
		do(&c)
	}
	a, err := app.Start(t.Context(), c, app.Options{Demo: c.Mail.SMTP.IsZero(), Out: io.Discard, Log: quiet(), Clock: clock})
	if err != nil {
		t.Fatal(app.Explain(err))
	}
	t.Cleanup(func() {
		if err := stop(a); err != nil {
			t.Error(err)
		}
	})
	return &product{
		address: a.BaseURL(), engine: "sqlite", store: c.Store, passwords: signIns(t, c.Store.Data), known: map[string][]*http.Cookie{}, config: c, mails: a.InboundAddr(),
	}
}

// guide is somebody who follows one page of the guide. Everything that they click or fill in must be named on that page.
type guide struct {
	t      *testing.T
	at     *product
	name   string // of the page
	text   string // of the page, blanks folded
	window *browser.Page
	words  map[string]bool // that stood on the pages so far
}

// named fails when the guide's page does not name what is about to be used.
func (g *guide) named(label string) {
	g.t.Helper()
	if !strings.Contains(g.text, "« "+label+" »") {
		g.t.Errorf("docs/guide/%s.md does not speak of « %s », which the procedure needs", g.name, label)
	}
}

// look takes in the words of the page in the window.
func (g *guide) look() {
	g.t.Helper()
	for _, word := range g.window.Words() {
		g.words[word] = true
	}
}

func (g *guide) click(role, label string) {
	g.t.Helper()
	g.named(label)
	g.look()
	g.window.Click(role, label)
	g.look()
}

func (g *guide) fill(label, value string) {
	g.t.Helper()
	g.named(label)
	g.window.Fill(label, value)
}

func (g *guide) choose(label, option string) {
	g.t.Helper()
	g.named(label)
	g.window.Choose(label, option)
	g.look()
}

// person opens the page of somebody in the list.
func (g *guide) person(name string) {
	g.t.Helper()
	g.window.Click("link", name)
	g.look()
}

// ellipsis opens « … » of somebody.
func (g *guide) ellipsis(name string) {
	g.t.Helper()
	g.named("…")
	g.words["…"] = true // is drawn
	g.window.Click("button", "Actions pour "+name)
	g.look()
}

// contacts opens the list as every page of the guide begins: by the organisation's noun.
func (g *guide) contacts(workspace, noun string) {
	g.t.Helper()
	g.window.Open(g.at.address + workspace + "/portal")
	g.click("link", noun)
	g.window.ByRole("table", "Contacts").Appears()
	g.look()
}

// picture holds a picture of the guide's page against a part of the page in the window.
func (g *guide) picture(name string, part *browser.Part) {
	g.t.Helper()
	g.look()
	file := path.Join("images", name)
	if !strings.Contains(g.text, "]("+file+".png)") {
		g.t.Errorf("docs/guide/%s.md does not show %s.png", g.name, file)
	}
	shows := steady(part.Outline())
	if *update {
		content := slight(g.t, part.Shot())
		writeGuide(g.t, file+".png", content)
		writeGuide(g.t, file+".txt", []byte(shows))
		return
	}
	kept, err := os.ReadFile(guideDir + file + ".txt")
	if err != nil {
		g.t.Fatalf("%v; %s", err, howToUpdate)
	}
	if was, is := firstDifference(string(kept), shows); was != is {
		g.t.Errorf("docs/guide/%s.png is out of date.\nIt shows:  %s\nThe page:  %s\n%s", file, was, is, howToUpdate)
	}
}

func writeGuide(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(guideDir+file, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// passing is what changes by itself in a page: dates, hours, numbers that were given.
var passing = regexp.MustCompile(`le \d{1,2}(?:er)? \pL+ à \d{1,2} h \d{2}|\d{2}/\d{2}/\d{4}|\d{1,2} h \d{2}|[CD]-\d{6}|à l’instant|il y a \d+ minutes?`)

func steady(outline string) string { return passing.ReplaceAllString(outline, "…") }

// firstDifference is where two texts part, a line of each.
func firstDifference(a, b string) (string, string) {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return strings.TrimSpace(as[i]), strings.TrimSpace(bs[i])
		}
	}
	if len(as) == len(bs) {
		return "", ""
	}
	return strings.Join(as[min(len(as), len(bs)):], "\n"), strings.Join(bs[min(len(as), len(bs)):], "\n")
}

var (
	labelled = regexp.MustCompile(`« ([^»]+) »`)
	linked   = regexp.MustCompile(`(!?)\[[^\]]*\]\(([^)#]+)(#[^)]*)?\)`)
)

// labels are the words between « and » of a text whose blanks are folded.
func labels(text string) (list []string) {
	for _, m := range labelled.FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	return list
}

// guideText is a page of the guide, blanks folded.
func guideText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(guideDir + file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}

// guideFiles holds the files of the guide against each other.
func guideFiles(t *testing.T, guide fs.FS) {
	pages, err := fs.Glob(guide, "*.md")
	pictures, pictureErr := fs.Glob(guide, "images/*.*")
	if err != nil || pictureErr != nil {
		t.Fatal(err, pictureErr)
	}
	used := map[string]bool{}
	for _, page := range pages {
		shown := 0
		for _, m := range linked.FindAllStringSubmatch(guideText(t, page), -1) {
			used[m[2]] = true
			if _, err := os.Stat(guideDir + m[2]); err != nil {
				t.Errorf("%s leads to %s: %v", page, m[2], err)
			}
			if m[1] == "!" {
				shown++
				used[strings.TrimSuffix(m[2], ".png")+".txt"] = true
			}
		}
		known := slices.ContainsFunc(procedures, func(p procedure) bool { return p.page+".md" == page })
		if page != "README.md" && (shown == 0 || !known) {
			t.Errorf("%s: %d pictures; a procedure goes through it: %t", page, shown, known)
		}
	}
	for _, file := range slices.Concat(pages, pictures) {
		if file != "README.md" && !used[file] {
			t.Errorf("nothing leads to %s", file)
		}
	}
	for _, p := range pictures {
		if content, err := fs.ReadFile(guide, p); err != nil || len(content) > heaviest {
			t.Errorf("%s: %d bytes, %d at most; %v", p, len(content), heaviest, err)
		} else if _, err := png.DecodeConfig(bytes.NewReader(content)); path.Ext(p) == ".png" && err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
	catalogue := frenchTexts(t)
	for _, label := range labels(guideText(t, "README.md")) {
		if !catalogue[label] {
			t.Errorf("README.md speaks of « %s », which is no text of the catalogue", label)
		}
	}
}

// frenchTexts are the texts of the catalogue, blanks folded.
func frenchTexts(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../../internal/locale/text/*.fr.json")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]bool{"…": true}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		entries := map[string]any{}
		if err := json.Unmarshal(content, &entries); err != nil {
			t.Fatal(file, err)
		}
		for _, text := range entries {
			if s, ok := text.(string); ok {
				texts[strings.Join(strings.Fields(s), " ")] = true
			}
		}
	}
	return texts
}
