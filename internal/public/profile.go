package public

import (
	"net/http"
	"slices"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// profile is one's own page. Each of its forms comes back in its place when something is wrong with it.
type profile struct {
	person   *ui.Form
	password *ui.Form
	address  *ui.Form
	wanted   link.Link // the address that waits to be confirmed; zero = none
	letters  bool      // are sent, or can be read here
	devices  []login.Device
}

func (f *face) profile(r *web.Request) error {
	return f.showProfile(r, http.StatusOK, profile{})
}

func (f *face) showProfile(r *web.Request, status int, p profile) error {
	if p.person == nil {
		p.person = personForm(r, r.Login)
	}
	if p.password == nil {
		p.password = &ui.Form{P: r.P, ID: "password"}
	}
	p.person.Labels = map[string]string{
		"name": r.P.Text("public.profile.name"), "locale": r.P.Text("public.profile.locale"),
		"time_zone": r.P.Text("public.profile.time_zone"), "theme": r.P.Text("public.profile.theme"),
	}
	p.password.Labels = map[string]string{
		"current_password": r.P.Text("public.password.current"), "new_password": r.P.Text("public.password.new"),
	}
	if p.address == nil {
		p.address = &ui.Form{P: r.P, ID: "address"}
	}
	p.address.Labels = map[string]string{"email": r.P.Text("public.address.new"), "password": r.P.Text("public.address.password")}
	p.letters = f.Letters
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if p.wanted, err = login.WantedAddress(r.Context(), tx, r.By); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		p.devices, err = login.Sessions(r.Context(), tx, r.By, r.SessionID())
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(status, profilePage(r, p))
}

func personForm(r *web.Request, l login.Login) *ui.Form {
	form := &ui.Form{P: r.P}
	form.Set("name", l.Name).Set("locale", string(l.Locale)).Set("time_zone", l.TimeZone).Set("theme", l.Theme)
	return form.SetVersion(l.Version)
}

func (f *face) editProfile(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	in := login.Profile{
		Name: form.Value("name"), Locale: form.Value("locale"), TimeZone: form.Value("time_zone"),
		Theme: form.Value("theme"), Version: form.Version(),
	}
	var stored login.Login
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		stored, err = login.Edit(r.Context(), tx, r.By, r.Login.ID, in)
		return err
	})
	if form.Fail(err) {
		if fault.Is(err, fault.Conflict) {
			compare(r, form, stored)
		}
		return f.showProfile(r, http.StatusUnprocessableEntity, profile{person: form})
	}
	if err != nil {
		return err
	}
	r.SetLanguage(stored.Locale)
	r.Toast("public.profile.saved")
	return r.SeeOther("/profile")
}

// compare shows what was stored in another window beside what was typed in this one.
func compare(r *web.Request, form *ui.Form, stored login.Login) {
	form.Compare("name", stored.Name, stored.Name)
	form.Compare("locale", string(stored.Locale), stored.Locale.Name())
	form.Compare("time_zone", stored.TimeZone, r.P.ZoneLabel(stored.TimeZone, r.Now))
	form.Compare("theme", stored.Theme, r.P.Text(themeKey(stored.Theme)))
	form.SetVersion(stored.Version)
}

func themeKey(theme string) string {
	switch theme {
	case "light":
		return "public.theme.light"
	case "dark":
		return "public.theme.dark"
	}
	return "public.theme.system"
}

func themes(p *locale.Printer) []ui.Option {
	return options([]string{"", "light", "dark"}, func(t string) ui.Option { return ui.Option{Value: t, Text: p.Text(themeKey(t))} })
}

func languages() []ui.Option {
	return options(locale.Languages(), func(l locale.Language) ui.Option { return ui.Option{Value: string(l), Text: l.Name()} })
}

// zones offers the usual time zones, and the person's own even if it is none of them.
func zones(r *web.Request, own string) []ui.Option {
	list := options(locale.Zones(), func(z locale.Zone) ui.Option {
		return ui.Option{Value: z.Name, Text: r.P.ZoneLabel(z.Name, r.Now)}
	})
	_, known := locale.ParseZone(own)
	if known && !slices.ContainsFunc(list, func(o ui.Option) bool { return o.Value == own }) {
		list = append(list, ui.Option{Value: own, Text: r.P.ZoneLabel(own, r.Now)})
	}
	return list
}

// changePassword ends all other sessions; this one goes on under a new token.
func (f *face) changePassword(r *web.Request) error {
	form, err := r.ReadForm("password")
	if err != nil {
		return err
	}
	err = f.newPassword(r, form)
	switch {
	case form.Refused(err):
		return f.showProfile(r, web.RefusedStatus(form), profile{password: form})
	case err != nil:
		return err
	}
	r.Toast("public.password.changed")
	return r.SeeOther("/profile")
}

func (f *face) newPassword(r *web.Request, form *ui.Form) error {
	in := login.PasswordChange{Current: form.Value("current_password"), New: form.Value("new_password")}
	return r.ChangePassword(in)
}

func (f *face) endSession(r *web.Request) error {
	session, err := r.Session("session")
	if err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error { return login.End(r.Context(), tx, r.By, session) })
	if err != nil && !fault.Is(err, fault.NotFound) { // one that has ended already is as wanted
		return err
	}
	r.Toast("public.devices.ended")
	return r.SeeOther("/profile")
}

// endSessions ends all others, or all.
func (f *face) endSessions(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	if form.Bool("all") {
		return f.endAllSessions(r)
	}
	var ended int64
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		ended, err = login.EndOthers(r.Context(), tx, r.By, r.SessionID())
		return err
	})
	if err != nil {
		return err
	}
	r.ToastCount("public.devices.ended_others", int(ended))
	return r.SeeOther("/profile")
}

// mostEntrances the page leads back to; more have a page of their own.
const mostEntrances = 3

// entrances are those that the page leads back to. A portal of the name that another entrance bears too, as for who is
// staff and contact of one host, says that it is the portal.
func entrances(r *web.Request) (open []web.Entrance, more bool) {
	if open = r.Entrances(); len(open) > mostEntrances {
		return nil, true
	}
	names := make(map[string]int, len(open))
	for _, e := range open {
		names[e.Name]++
	}
	for i, e := range open {
		if e.Portal && names[e.Name] > 1 {
			open[i].Name = r.P.Text("public.profile.portal", "Name", e.Name)
		}
	}
	return open, false
}

func (f *face) endAllSessions(r *web.Request) error {
	err := r.Update(func(tx *sqldb.Tx) error {
		_, err := login.EndOthers(r.Context(), tx, r.By, id.Session{})
		return err
	})
	if err != nil {
		return err
	}
	if err := r.SignOut(); err != nil {
		return err
	}
	r.Toast("public.devices.ended_all")
	return r.SeeOther("/sign-in")
}

// faulty is the form of which the window's title says that it has faults.
func (p profile) faulty() *ui.Form {
	for _, form := range []*ui.Form{p.password, p.address} {
		if form.Error != nil {
			return form
		}
	}
	return p.person
}
