package ui

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/password"
)

var p = locale.For(locale.French, locale.Company, locale.School, nil)

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func wantAll(t *testing.T, html string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(html, part) {
			t.Errorf("no %s in\n%s", part, html)
		}
	}
}

func TestEscaping(t *testing.T) {
	t.Run("what people typed never becomes markup", func(t *testing.T) {
		const evil = `"><script>alert(1)</script>'&`
		f := (&Form{P: p}).Set("x", evil)
		m := fault.M("fault.required")
		m.Proposal, m.Link = evil, "javascript:alert(1)"
		f.Fail(fault.OnField(fault.Invalid, "x", m))
		for _, c := range []templ.Component{
			Badge(OK, "ok", evil), Value(p, evil), Mail(p, evil+"@x.example"), Phone(p, evil, evil), f.Input(Input{Name: "x", Label: evil, Hint: evil}),
			f.Textarea(Textarea{Name: "x", Label: evil}), f.Select(Select{Name: "x", Label: evil, Options: []Option{{Value: evil, Text: evil}}}),
			f.Summary(), Toast(p, evil), Menu("m", []Link{{Text: evil, URL: "javascript:alert(1)"}}), Press(Button{Text: evil, Value: evil, Name: "n"}),
			SearchForm(p, Search{Label: evil, Value: evil, Action: evil, Keep: url.Values{"a": {evil}}}),
		} {
			html := render(t, c)
			if strings.Contains(html, "<script") || strings.Contains(html, `="">`) && strings.Contains(html, "alert(1)</") || strings.Contains(html, `href="javascript:`) {
				t.Error(html)
			}
		}
	})
}

func TestForm(t *testing.T) {
	t.Run("a field is tied to its label, hint, marker and error", func(t *testing.T) {
		f := (&Form{P: p, ID: "add", Labels: map[string]string{"email": "Email"}}).Set("email", "É@x.example")
		m := fault.M("fault.required")
		m.Proposal = "e@x.example"
		if !f.Fail(fault.OnField(fault.Invalid, "email", m)) {
			t.Fatal("an invalid value is the form's to show")
		}
		html := render(t, f.Input(Input{Name: "email", Label: "Email", Hint: "En minuscules.", Optional: true}))
		wantAll(t, html, `<label for="add-email">Email</label>`, `<span class="optional" id="add-email-opt">optionnel</span>`,
			`aria-describedby="add-email-error add-email-hint add-email-opt"`, `aria-invalid="true"`, `value="É@x.example"`,
			`name="accept" value="email=e@x.example"`, `data-propose="add-email"`)
		if strings.Contains(html, "required") {
			t.Error("an optional field is required")
		}
		wantAll(t, render(t, f.Summary()), `href="#add-email"`, "Email\u00a0: Ce champ est obligatoire.", `role="alert"`, "1 champ est à corriger")
		wantAll(t, render(t, f.Start()), `<button class="visually-hidden" type="submit"`)
	})
	t.Run("other refusals and accidents are not the form's to show", func(t *testing.T) {
		f := &Form{P: p}
		if f.Fail(nil) || f.Fail(fault.Missing()) || f.Fail(fault.New(fault.Forbidden, "fault.forbidden")) || f.Fail(strconv.ErrRange) || f.Error != nil {
			t.Error(f.Error)
		}
	})
	t.Run("a changed record shows both values, and only where they differ", func(t *testing.T) {
		f := (&Form{P: p}).Set("name", "Typed").Set("city", "Quimper")
		f.Fail(fault.New(fault.Conflict, "fault.version"))
		f.Compare("name", "Stored", "Stored")
		f.Compare("city", "Quimper", "Quimper")
		if len(f.Error.Fields) != 1 {
			t.Error(f.Error.Fields)
		}
		wantAll(t, render(t, f.Input(Input{Name: "name", Label: "Nom"})), `value="Typed"`, "Enregistré entre-temps\u00a0: Stored", `value="name=Stored"`)
		wantAll(t, render(t, f.Summary()), "Quelqu’un a modifié")
	})
	t.Run("what the form's author alone has changed is not marked, and what was seen once is not marked again", func(t *testing.T) {
		shown := (&Form{P: p}).Set("name", "Corvenne").Set("city", "Quimper").Set("phone", "02").SetBool("enabled", true).SetVersion(3)
		html := render(t, shown.Start())
		_, base, _ := strings.Cut(html, `name="base" value="`)
		base, _, _ = strings.Cut(base, `"`)
		posted := func(base string) *Form { // the author has changed name, phone and the box; somebody else the city and the phone
			f := (&Form{P: p}).Set("name", "Corvenne SAS").Set("city", "Quimper").Set("phone", "03").Set("version", "3").Set("base", strings.ReplaceAll(base, "&amp;", "&"))
			f.Fail(fault.New(fault.Conflict, "fault.version"))
			return f
		}
		compare := func(f *Form) (marked []string) {
			f.Error.Fields = nil
			f.Compare("name", "Corvenne", "Corvenne")
			f.Compare("city", "Brest", "Brest")
			f.Compare("phone", "04", "04")
			f.CompareBool("enabled", true, "office.contact.login.")
			f.SetVersion(4)
			for _, x := range f.Error.Fields {
				marked = append(marked, x.Name)
			}
			return marked
		}
		f := posted(base)
		if got := compare(f); !slices.Equal(got, []string{"city", "phone"}) {
			t.Errorf("%q", got)
		}
		wantAll(t, render(t, f.Start()), `name="version" value="4"`, `name="base"`)
		if got := compare(posted(f.Value("base"))); len(got) != 0 {
			t.Errorf("%q once more", got)
		}
		if got := compare(posted("%")); !slices.Equal(got, []string{"name", "city", "phone", "enabled"}) {
			t.Errorf("of a form that does not know: %q", got)
		}
	})
	t.Run("a day that browsers would not show comes back as it was typed, where it can be seen", func(t *testing.T) {
		day := Input{Name: "due_on", Label: "Échéance", Type: "date"}
		for typed, kind := range map[string]string{"": "date", "2026-12-31": "date", "31/12/2026": "text", "2026-02-30": "text", "demain": "text", "<b>": "text"} {
			html := render(t, (&Form{P: p}).Set("due_on", typed).Input(day))
			if wantAll(t, html, `type="`+kind+`"`); !strings.Contains(html, `value="`+templ.EscapeString(typed)+`"`) {
				t.Errorf("%q: %s", typed, html)
			}
		}
	})
	t.Run("a password never comes back", func(t *testing.T) {
		f := (&Form{P: p}).Set("password", "secret")
		if html := render(t, f.Password(Input{Name: "password", Label: "Mot de passe"})); strings.Contains(html, "secret") {
			t.Error(html)
		}
	})
}

func TestPaging(t *testing.T) {
	page := func(n, of int) string {
		return render(t, Pager(p, Paging{Label: "Pages", Shown: "…", Page: n, Pages: of, URL: func(n int) string { return "?page=" + strconv.Itoa(n) }}))
	}
	t.Run("five neighbours, fewer when there are fewer pages", func(t *testing.T) {
		for _, c := range []struct {
			page, pages int
			want        []int
		}{{1, 1, []int{1}}, {1, 3, []int{1, 2, 3}}, {1, 9, []int{1, 2, 3, 4, 5}}, {5, 9, []int{3, 4, 5, 6, 7}}, {9, 9, []int{5, 6, 7, 8, 9}}, {8, 9, []int{5, 6, 7, 8, 9}}} {
			if got := (Paging{Page: c.page, Pages: c.pages}).neighbours(); !slices.Equal(got, c.want) {
				t.Errorf("page %d of %d: %v, want %v", c.page, c.pages, got, c.want)
			}
		}
	})
	t.Run("first, previous, next and last where they lead somewhere", func(t *testing.T) {
		wantAll(t, page(5, 9), "Première", "Précédente", "Suivante", "Dernière", `aria-current="page"`)
		for words, html := range map[string]string{"Première": page(1, 9), "Précédente": page(1, 9), "Suivante": page(9, 9), "Dernière": page(9, 9), "<ol>": page(1, 1)} {
			if strings.Contains(html, words) {
				t.Errorf("%s in %s", words, html)
			}
		}
	})
	t.Run("a list that nobody counted has a next page as long as there is more", func(t *testing.T) {
		g := Paging{Page: 3, More: true, URL: strconv.Itoa}
		wantAll(t, render(t, Pager(p, g)), "Suivante", `href="4"`)
		g.More = false
		if strings.Contains(render(t, Pager(p, g)), "Suivante") {
			t.Error("a next page after the last")
		}
	})
}

func TestSearch(t *testing.T) {
	t.Run("a new search keeps size and filters, and begins at the first page", func(t *testing.T) {
		html := render(t, SearchForm(p, Search{Action: "/x", Label: "Rechercher", Keep: url.Values{"size": {"24"}, "page": {"7"}, "q": {"former"}, "open": {"id"}}}))
		wantAll(t, html, `name="size" value="24"`)
		if strings.Contains(html, `name="page"`) || strings.Contains(html, "former") || strings.Contains(html, `name="open"`) {
			t.Error(html)
		}
	})
}

func TestIcon(t *testing.T) {
	t.Run("an unknown icon is found out at once", func(t *testing.T) {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		Icon("no such")
	})
}

func TestStrength(t *testing.T) {
	drawn := func(typed string) string { return render(t, Strength(p, password.Weigh(typed))) }
	t.Run("a password that is refused is never shown as one that will do, however strong it looks", func(t *testing.T) {
		for typed, value := range map[string]string{"xK9!vQ2#mZ7": `value="33"`, "motdepasse123": "se devinent vite"} {
			if page := drawn(typed); !strings.Contains(page, value) || strings.Contains(page, "convient") {
				t.Errorf("%q: %s", typed, page)
			}
		}
	})
	t.Run("one that is taken says so in words, not by the bar alone", func(t *testing.T) {
		if page := drawn("crapaud fleuret 41 boussole"); !strings.Contains(page, "est solide") || !strings.Contains(page, `value="51"`) {
			t.Error(page)
		}
	})
}
