package surface

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/team"
)

// welcomed is an invitation into a team, with what stands in its letter.
type welcomed struct {
	invitation id.Invitation
	path, code string
}

func (w welcomed) token() string { return strings.TrimPrefix(w.path, "/activate/") }

// member is an officer of the host.
func (in *installation) member(h host) (member id.Login) {
	in.t.Helper()
	address := in.somebody(h, "officer")
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		l, err := in.login(ctx, tx, address)
		member = l.ID
		return err
	})
	return member
}

// welcome invites that address into the team, as an admin and in the name of the host's admin.
func (in *installation) welcome(h host, address string) (w welcomed) {
	in.t.Helper()
	v := team.NewInviter(invitation.NewMaker(in.secret, invitation.LimitsOf(in.config.Invitations)))
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		if err := v.Invite(ctx, tx, h.by, team.New{Name: "Gwen Le Bars", Email: address, Role: "admin", Locale: "fr"}); err != nil {
			return err
		}
		list, err := invitation.Team(ctx, tx, h.by)
		if err != nil {
			return err
		}
		w.invitation = list[0].ID
		f, err := v.Kinds()[0].Facts(ctx, tx, mail.Letter{Workspace: h.ID, Subject: w.invitation.UUID})
		w.path, w.code = f.URL, f.Code
		return err
	})
	return w
}

func TestTeam(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		const address = "/brenval/office/settings/team"
		see := func(t *testing.T, a answer, status int, what string) {
			t.Helper()
			if a.status != status {
				t.Errorf("%s: %d, want %d", what, a.status, status)
			}
		}
		t.Run("an officer neither sees nor changes the team, whatever is sent along", func(t *testing.T) {
			officer := in.as(in.school.officer)
			see(t, officer.get(address), http.StatusForbidden, "the list")
			own := in.member(in.school)
			before := in.dump()
			for _, path := range []string{"", "/" + own.String() + "/role", "/" + own.String() + "/removal"} {
				see(t, officer.post(address+path, url.Values{"role": {"admin"}, "name": {"X"}, "email": {"x@y.example"}, "locale": {"fr"}, "by": {"program"}, "password": {password}}), http.StatusForbidden, path)
			}
			if diff := before.against(in.dump()); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("fields that no form has change nothing more", func(t *testing.T) {
			admin := in.as(in.school.admin)
			form := url.Values{
				"name": {"Gwen Le Bars"}, "email": {"extra@invited.example"}, "role": {"officer"}, "locale": {"fr"}, "submission": {id.NewJob().String()},
				"staff_role": {"admin"}, "workspace_id": {"2"}, "created_by": {id.NewLogin().String()}, "kind": {"contact"}, "contact_id": {id.NewContact().String()}, "expires_at": {"0"},
			}
			see(t, admin.post(address, form), http.StatusSeeOther, "inviting")
			in.view(func(ctx context.Context, tx *sqldb.Tx) error {
				list, err := invitation.Team(ctx, tx, in.school.by)
				if len(list) != 1 || list[0].Role != "officer" || list[0].Kind != invitation.Staff || list[0].Workspace != in.school.ID {
					t.Errorf("%+v", list)
				}
				return err
			})
		})
		t.Run("an admin is made with the password alone", func(t *testing.T) {
			admin := in.as(in.school.admin)
			in.clock.Pass(in.config.SignIn.Confirmed.Duration())
			form := url.Values{"name": {"Gwen"}, "email": {"unproven@invited.example"}, "role": {"admin"}, "locale": {"fr"}}
			member := in.member(in.school).String()
			before := in.dump()
			see(t, admin.post(address, form), http.StatusUnprocessableEntity, "inviting")
			see(t, admin.post(address+"/"+member+"/role", url.Values{"role": {"admin"}}), http.StatusUnprocessableEntity, "naming")
			if diff := before.against(in.dump()); strings.Contains(diff, "staff") || strings.Contains(diff, "invitation") || strings.Contains(diff, "journal") {
				t.Error(diff)
			}
			form.Set("password", password)
			see(t, admin.post(address, form), http.StatusSeeOther, "inviting with it")
			see(t, admin.post(address+"/"+member+"/role", url.Values{"role": {"admin"}}), http.StatusSeeOther, "naming after it")
		})
		t.Run("who is removed is out at the next request, in every browser, and keeps what they are elsewhere", func(t *testing.T) {
			w := in.welcome(in.school, in.vendor.admin)
			elsewhere := in.as(in.vendor.admin)
			see(t, elsewhere.post(w.path, nil), http.StatusSeeOther, "accepting")
			see(t, elsewhere.get(address), http.StatusOK, "the team")
			var member id.Login
			in.view(func(ctx context.Context, tx *sqldb.Tx) error {
				l, err := in.login(ctx, tx, in.vendor.admin)
				member = l.ID
				return err
			})
			see(t, in.as(in.school.admin).post(address+"/"+member.String()+"/removal", nil), http.StatusSeeOther, "removing")
			see(t, elsewhere.get(address), http.StatusNotFound, "the team, after")
			see(t, elsewhere.get("/orvane/office"), http.StatusOK, "elsewhere")
		})
		t.Run("somebody who leaves and holds nothing else is signed out, and told", func(t *testing.T) {
			w := in.welcome(in.school, "leaves@invited.example")
			b := in.browser()
			see(t, b.post(w.path, url.Values{"password": {"goémon salé du matin"}}), http.StatusSeeOther, "accepting")
			var member id.Login
			in.view(func(ctx context.Context, tx *sqldb.Tx) error {
				l, err := in.login(ctx, tx, "leaves@invited.example")
				member = l.ID
				return err
			})
			a := b.post(address+"/"+member.String()+"/removal", nil)
			see(t, a, http.StatusSeeOther, "leaving")
			if a.location() != "/" {
				t.Error(a.location())
			}
			if a := b.get("/"); !strings.HasPrefix(a.location(), "/sign-in") {
				t.Errorf("%d %s", a.status, a.location())
			}
			see(t, b.get("/sign-in"), http.StatusOK, "the door")
		})
	})
}
