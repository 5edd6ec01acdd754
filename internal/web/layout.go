package web

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/web/static"
	"github.com/entregent/entregent/internal/web/ui"
)

// Shell is what stands around the pages of a face: Office, Portal or Public. The page is its child.
type Shell func(r *Request, page Page) templ.Component

// Page is what a shell must know of the page inside it.
type Page struct {
	Title   string // of the window; the heading is the page's own
	Current string // Key of the menu item that the page belongs to
	Exact   bool   // the page is that menu item itself, not one beneath it
	Crumbs  []ui.Link
	Form    *ui.Form // of which the window's title says that it has faults; may be nil
	Narrow  bool     // public pages: one column, as for signing in
}

// title is that of the window: what is wrong first, then where one is.
func (page Page) title(r *Request) string {
	title := page.Title
	if host := r.Workspace.Name; host != "" {
		title += " – " + host
	} else {
		title += " – Entregent"
	}
	if page.Form != nil && page.Form.Error != nil && !page.Form.Kept {
		return r.P.Text("web.title.fault", "Title", title)
	}
	return title
}

// address is where the browser should say it is when that is not where the request went: a kept form.
func (r *Request) address() string {
	if r.x.resumed != nil {
		return r.x.resumed.back
	}
	return ""
}

// menu is what the person may open of the back office.
func (r *Request) menu(page Page) []ui.Link {
	return r.links(page, officePath, r.site.Navigation, r.Office)
}

// portalMenu is what the person may open of the portal.
func (r *Request) portalMenu(page Page) []ui.Link {
	return r.links(page, portalPath, r.site.Portal, r.Portal)
}

func (r *Request) links(page Page, face string, n Navigation, at func(path string) string) []ui.Link {
	links := make([]ui.Link, 0, len(n.Items))
	rule := false
	for _, item := range n.Items {
		rule = rule || item.Rule
		needs, ok := r.site.needs(face, item)
		if !ok || !r.By.May(needs) || item.Offers && !r.Workspace.Offers {
			continue
		}
		links = append(links, ui.Link{
			Text: r.P.Text(item.Text), Icon: item.Icon, URL: at(item.Path),
			Current: item.Key == page.Current, Rule: rule && len(links) > 0,
		})
		rule = false
	}
	return links
}

// current is the value of aria-current for a link of the menu.
func (page Page) current() string {
	if page.Exact {
		return "page"
	}
	return "true"
}

// language is the other language, for the switch.
func (r *Request) otherLanguage() locale.Language {
	if r.P.Language() == locale.French {
		return locale.English
	}
	return locale.French
}

// Initials stand for a name in its mark: of its first two words that begin with a letter.
func Initials(text string) string {
	var letters []rune
	for _, word := range strings.Fields(name.Unaccent(text)) {
		first, _ := utf8.DecodeRuneInString(word)
		if unicode.IsLetter(first) && len(letters) < 2 {
			letters = append(letters, unicode.ToUpper(first))
		}
	}
	return string(letters)
}

// serveBrand answers for the style sheet that holds a workspace's colour and nothing else. The colour stands
// in its name, so that it needs no database and can be kept for ever.
func serveBrand(w http.ResponseWriter, h *http.Request) bool {
	hex, ok := strings.CutPrefix(h.URL.Path, brandPrefix)
	hex, css := strings.CutSuffix(hex, ".css")
	if !ok || !css || len(hex) != 6 || strings.Trim(hex, "0123456789abcdef") != "" {
		return false
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	if h.Method != http.MethodHead {
		w.Write([]byte(":root{--brand:#" + hex + "}")) //nolint:errcheck // the client is gone
	}
	return true
}

const brandPrefix = static.Prefix + "brand-"

// brandPath is the address of the workspace's own style sheet; "" when it has no colour of its own.
func (r *Request) brandPath() string {
	if hex, ok := strings.CutPrefix(strings.ToLower(r.Workspace.Brand), "#"); ok {
		return brandPrefix + hex + ".css"
	}
	return ""
}
