package settings

import (
	"net/http"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

// settings is the page on which an admin says how the workspace is called and looks.
type settings struct {
	r    *web.Request
	form *ui.Form
}

func showSettings(r *web.Request) error {
	w, f := r.Workspace, r.NewForm("")
	f.Set("name", w.Name).Set("organization_noun", string(w.OrganizationNoun)).Set("country", w.Country).Set("locale", string(w.Locale))
	f.Set("time_zone", w.TimeZone).Set("brand", w.Brand).SetBool("phone_required", w.PhoneRequired).SetBool("offers", w.Offers)
	f.SetVersion(w.Version)
	return settings{r, f}.render(http.StatusOK)
}

func (v settings) render(status int) error {
	v.form.Labels = map[string]string{}
	for _, field := range []string{"name", "organization_noun", "country", "locale", "time_zone", "brand", "phone_required", "offers"} {
		v.form.Labels[field] = v.r.P.Text("office.settings." + field)
	}
	return v.r.Render(status, v.page())
}

func editSettings(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	form.AcceptBox("phone_required")
	form.AcceptBox("offers")
	var stored workspace.Workspace
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		stored, err = workspace.Edit(r.Context(), tx, r.By, workspace.Settings{
			Name: form.Value("name"), OrganizationNoun: form.Value("organization_noun"), Country: form.Value("country"),
			Locale: form.Value("locale"), TimeZone: form.Value("time_zone"), Brand: brandOf(form.Value("brand")),
			PhoneRequired: form.Bool("phone_required"), Offers: form.Bool("offers"), Version: form.Version(),
		})
		return err
	})
	if form.Fail(err) {
		v := settings{r, form}
		if fault.Is(err, fault.Conflict) {
			v.compare(stored)
		}
		return v.render(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.settings.saved")
	return r.SeeOther(r.Office("/settings"))
}

// brandOf takes a colour as people copy it, with or without its #.
func brandOf(typed string) string {
	typed = strings.TrimSpace(typed)
	if len(typed) == 6 && !strings.HasPrefix(typed, "#") {
		return "#" + typed
	}
	return typed
}

// compare shows what somebody else stored beside what was typed here; the form then is one of the current version.
func (v settings) compare(stored workspace.Workspace) {
	p, f := v.r.P, v.form
	f.Compare("name", stored.Name, stored.Name)
	f.Compare("organization_noun", string(stored.OrganizationNoun), p.Text("office.settings.noun."+string(stored.OrganizationNoun)))
	f.Compare("country", stored.Country, countryName(p, stored.Country))
	f.Compare("locale", string(stored.Locale), stored.Locale.Name())
	f.Compare("time_zone", stored.TimeZone, p.ZoneLabel(stored.TimeZone, v.r.Now))
	f.Compare("brand", stored.Brand, ui.OrMissing(p, stored.Brand))
	f.CompareBool("phone_required", stored.PhoneRequired, "office.settings.phone_required.")
	f.CompareBool("offers", stored.Offers, "office.settings.offers.")
	f.SetVersion(stored.Version)
}

// countries are those that hosts are usually in; another one stays when it is stored.
var countries = []string{"FR", "BE", "CH", "LU", "MC", "CA", "DE", "ES", "GB", "IE", "IT", "NL", "PT", "DZ", "MA", "TN", "SN", "CI", "CM", "CD", "MG", "MU"}

func (v settings) countries() []ui.Option {
	list := make([]ui.Option, 0, len(countries)+1)
	for _, code := range countries {
		list = append(list, ui.Option{Value: code, Text: countryName(v.r.P, code)})
	}
	if own := v.r.Workspace.Country; !slices.Contains(countries, own) {
		list = append(list, ui.Option{Value: own, Text: own})
	}
	return list
}

// countryName is a country in words; a code that is none of the usual stays a code.
func countryName(p *locale.Printer, code string) string {
	if key := "office.country." + strings.ToLower(code); slices.Contains(countries, code) {
		return p.Text(key)
	}
	return code
}

func (v settings) nouns() []ui.Option {
	nouns := []locale.OrganizationNoun{locale.Company, locale.Practice, locale.Organization}
	list := make([]ui.Option, len(nouns))
	for i, noun := range nouns {
		list[i] = ui.Option{Value: string(noun), Text: v.r.P.Text("office.settings.noun." + string(noun))}
	}
	return list
}

func (v settings) languages() []ui.Option {
	list := make([]ui.Option, 0, 2)
	for _, l := range locale.Languages() {
		list = append(list, ui.Option{Value: string(l), Text: l.Name()})
	}
	return list
}

func (v settings) zones() []ui.Option {
	var list []ui.Option
	known := false
	for _, z := range locale.Zones() {
		list = append(list, ui.Option{Value: z.Name, Text: v.r.P.ZoneLabel(z.Name, v.r.Now)})
		known = known || z.Name == v.r.Workspace.TimeZone
	}
	if !known {
		list = append(list, ui.Option{Value: v.r.Workspace.TimeZone, Text: v.r.P.ZoneLabel(v.r.Workspace.TimeZone, v.r.Now)})
	}
	return list
}

// settingsTabs are the pages of the settings that the person may open.
func settingsTabs(r *web.Request, current string) []ui.Link {
	tabs := []ui.Link{{Text: r.P.Text("office.settings.tab.workspace"), URL: r.Office("/settings"), Current: current == "workspace"}}
	if r.By.May(actor.SeeTeam) {
		tabs = append(tabs, ui.Link{Text: r.P.Text("office.settings.tab.team"), URL: r.Office("/settings/team"), Current: current == "team"})
	}
	if r.By.May(actor.EditLetters) {
		tabs = append(tabs, ui.Link{Text: r.P.Text("office.settings.tab.templates"), URL: r.Office("/settings/templates"), Current: current == "templates"})
	}
	if r.Workspace.Offers && r.By.May(actor.EditOfferForm) {
		tabs = append(tabs, ui.Link{Text: r.P.Text("office.form.title"), URL: r.Office("/settings/form"), Current: current == "form"})
	}
	if r.By.May(actor.EditCannedAnswers) {
		tabs = append(tabs, ui.Link{Text: r.P.Text("office.answers.title"), URL: r.Office("/settings/answers"), Current: current == "answers"})
	}
	if r.By.May(actor.EditTokens) {
		tabs = append(tabs, ui.Link{Text: r.P.Text("office.tokens.title"), URL: tokenURL(r, ""), Current: current == "tokens"})
	}
	if r.By.May(actor.EditWebhooks) {
		tabs = append(tabs, ui.Link{Text: r.P.Text("office.webhooks.title"), URL: webhookURL(r, ""), Current: current == "webhooks"})
	}
	if r.By.May(actor.SeeLetters) {
		tabs = append(tabs, ui.Link{Text: r.P.Text("office.settings.tab.letters"), URL: r.Office("/settings/letters"), Current: current == "letters"})
	}
	return tabs
}

// showBrand answers, while somebody types a colour, with how the host's band would look in it.
func showBrand(r *web.Request) error {
	return r.Render(http.StatusOK, brandPreview(r, brandOf(r.Query("brand"))))
}

// The preview clamps lightness and chroma as tokens.css does, so that it shows what will be seen.
func bandColour(brand string) string {
	return "oklch(from " + brand + " min(l, 0.38) min(c, 0.11) h)"
}

func accentColour(brand string) string {
	return "oklch(from " + brand + " min(l, 0.45) min(c, 0.14) h)"
}

// ownBrand is Entregent's own colour (tokens.css), for a host that chose none.
const ownBrand = "#00585e"
