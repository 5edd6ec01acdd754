package request_test

import (
	"context"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

// verbs are all that is done with one request, for what must not be told by any of them.
func verbs(by actor.Actor, r id.Request, who id.Contact) map[string]func(ctx context.Context, tx *sqldb.Tx) error {
	return map[string]func(ctx context.Context, tx *sqldb.Tx) error{
		"get": func(ctx context.Context, tx *sqldb.Tx) error { _, err := request.Get(ctx, tx, by, r); return err },
		"thread": func(ctx context.Context, tx *sqldb.Tx) error {
			_, _, err := request.Thread(ctx, tx, by, r, 0)
			return err
		},
		"watchers": func(ctx context.Context, tx *sqldb.Tx) error { _, err := request.Watchers(ctx, tx, by, r); return err },
		"say": func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := request.Say(ctx, tx, by, r, request.Remark{Text: "x"})
			return err
		},
		"withdraw": func(ctx context.Context, tx *sqldb.Tx) error { return request.Withdraw(ctx, tx, by, r) },
		"reopen":   func(ctx context.Context, tx *sqldb.Tx) error { return request.Reopen(ctx, tx, by, r) },
		"watch":    func(ctx context.Context, tx *sqldb.Tx) error { return request.Watch(ctx, tx, by, r, who) },
		"unwatch":  func(ctx context.Context, tx *sqldb.Tx) error { return request.Unwatch(ctx, tx, by, r, who) },
		"jot": func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := request.Jot(ctx, tx, by, r, request.Remark{Text: "x"})
			return err
		},
		"move":   func(ctx context.Context, tx *sqldb.Tx) error { return request.Move(ctx, tx, by, r, request.Resolved) },
		"assign": func(ctx context.Context, tx *sqldb.Tx) error { return request.Assign(ctx, tx, by, r, by.Login) },
		"sort": func(ctx context.Context, tx *sqldb.Tx) error {
			return request.Sort(ctx, tx, by, r, request.Administrative)
		},
	}
}

func TestAttacks(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at, other := h.organization(), h.organization()
		nora, ali, boss := h.person(at, "Nora", contact.User), h.person(at, "Ali", contact.Admin), h.person(at, "Eva", contact.SuperAdmin)
		far := h.person(other, "Zoé", contact.Admin)
		r := h.asked(nora, "Écran")
		foreign := h.host("orvane", "school")
		t.Run("another organisation’s or workspace’s request does not exist, by whatever verb", func(t *testing.T) {
			for name, by := range map[string]actor.Actor{"another organisation": as(h, far), "another workspace": foreign} {
				for verb, do := range verbs(by, r.ID, by.Contact) {
					err := h.try(do)
					missing := h.try(verbs(by, id.NewRequest(), by.Contact)[verb])
					if err == nil || missing == nil || err.Error() != missing.Error() || fault.As(err) == nil {
						t.Errorf("%s, %s: %v and %v", name, verb, err, missing)
					}
				}
				if got := h.numbers(by, docket.Filter{Organization: at.ID, Query: r.Label()}); len(got) != 0 {
					t.Errorf("%s finds %v", name, got)
				}
				if part := h.find(by, docket.Filter{After: r.ID}); len(part.Items) != 0 {
					t.Errorf("%s finds %v behind it", name, part.Items)
				}
			}
			if got := h.now(r); got.State != request.New || len(h.thread(h.staff, r)) != 1 {
				t.Errorf("changed: %+v", got)
			}
		})
		t.Run("a contact of another workspace neither asks through staff here, nor is asked for", func(t *testing.T) {
			_, err := h.create(foreign, request.Input{For: nora.ID, Kind: "technical", Subject: "x", Text: "x"})
			refused(t, err, fault.Invalid, "contact", "request.contact_unknown")
		})
		t.Run("an admin who was demoted a moment ago does no more what admins do, with the role of before", func(t *testing.T) {
			before := as(h, ali)
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return contact.Imagine(ctx, tx, actor.OfProgram(h.staff.Workspace), ali.ID, contact.Past{
					Role: contact.User, LoginEmail: ali.LoginEmail, LoginEnabled: true, CredentialsSentAt: tx.Now(), JoinedAt: tx.Now(), Login: ali.Login, AuthorizedAt: tx.Now(),
				})
			})
			for _, verb := range []string{"say", "withdraw", "watch"} {
				refused(t, h.try(verbs(before, r.ID, boss.ID)[verb]), fault.Forbidden, "", "fault.forbidden")
			}
			_, err := h.create(before, request.Input{Kind: "administrative", Subject: "x", Text: "x"})
			refused(t, err, fault.Forbidden, "", "fault.forbidden")
			now := before
			now.Role = actor.PortalUser
			_, err = h.get(now, r.ID)
			refused(t, err, fault.NotFound, "", "fault.not_found")
			if got := h.numbers(now, docket.Filter{}); len(got) != 0 {
				t.Error(got)
			}
		})
		t.Run("what is no contact’s to say is not taken from a comment of theirs", func(t *testing.T) {
			if _, err := h.say(as(h, nora), r, request.Remark{Text: "Fermez.", Then: "closed"}); err != nil {
				t.Fatal(err)
			}
			if got := h.now(r); got.State != request.New {
				t.Errorf("%+v", got)
			}
		})
	})
}

// TestMatrix: who may do what to a request of a user of the organisation (product.md §5).
func TestMatrix(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at, other := h.organization(), h.organization()
		owner, mate := h.person(at, "Nora", contact.User), h.person(at, "Mia", contact.User)
		watcher, admin, boss := h.person(at, "Lou", contact.User), h.person(at, "Ali", contact.Admin), h.person(at, "Eva", contact.SuperAdmin)
		guest := as(h, mate)
		guest.Role = actor.PortalGuest
		people := map[string]actor.Actor{
			"owner": as(h, owner), "mate": as(h, mate), "watcher": as(h, watcher), "admin": as(h, admin), "super_admin": as(h, boss), "guest": guest,
			"stranger": as(h, h.person(other, "Zoé", contact.SuperAdmin)), "officer": h.member(h.staff.Workspace, "officer"), "staff admin": h.staff, "nobody": {},
		}
		insiders := []string{"owner", "watcher", "admin", "super_admin", "officer", "staff admin"}
		team := []string{"officer", "staff admin"}
		may := map[string][]string{
			"get": insiders, "thread": insiders, "watchers": insiders, "say": insiders,
			"withdraw": {"owner", "admin", "super_admin"}, "reopen": {"owner", "admin", "super_admin", "officer", "staff admin"},
			"watch": {"admin", "super_admin", "officer", "staff admin"}, "unwatch": {"admin", "super_admin", "officer", "staff admin"},
			"jot": team, "move": team, "assign": team, "sort": team,
		}
		for name, by := range people {
			for verb, who := range may {
				r := h.asked(owner, "Table")
				h.watch(t, as(h, admin), r, watcher)
				allowed := false
				for _, w := range who {
					allowed = allowed || w == name
				}
				err := h.try(verbs(by, r.ID, boss.ID)[verb])
				if name == "super_admin" && (verb == "watch" || verb == "unwatch") { // themselves
					allowed = true
				}
				if (err == nil) != allowed || err != nil && fault.As(err) == nil {
					t.Errorf("%s, %s: %v, want allowed %v", name, verb, err, allowed)
				}
			}
		}
	})
}
