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

func TestImagined(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at := h.organization()
		nora, mia := h.person(at, "Nora", contact.User), h.person(at, "Mia", contact.User)
		asks, answers := request.Person{Kind: actor.Contact, ID: nora.ID.UUID, Number: nora.Number}, request.Person{Kind: actor.Staff, ID: h.staff.Login.UUID}
		var began sqldb.Time
		add := func(by actor.Actor) error {
			return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				began = tx.Now() - 9e9
				return request.AddImagined(ctx, tx, by, []request.Imagined{{
					Request: request.Request{Organization: at.ID, For: asks, Author: asks, Source: request.Portal, Kind: request.Technical, Subject: "Écran noir", State: request.InProgress},
					Thread: []request.Entry{
						{Kind: request.Comment, Author: asks, Source: request.Portal, At: began, Text: "Rien ne va plus."},
						{Kind: request.Comment, Author: answers, Source: request.Office, At: began + 1e9, Text: "Nous regardons."},
						{Kind: request.Change, Author: answers, Source: request.Office, At: began + 2e9, Before: request.New, After: request.InProgress},
						{Kind: request.Comment, Author: asks, Source: request.Portal, At: began + 3e9, Text: "Merci."},
					},
					Watchers: []id.Contact{mia.ID},
				}})
			})
		}
		t.Run("only the program invents requests", func(t *testing.T) {
			refused(t, add(h.staff), fault.Forbidden, "", "fault.forbidden")
		})
		t.Run("an invented request is found, watched, and waits since the host was last heard", func(t *testing.T) {
			if err := add(actor.OfProgram(h.staff.Workspace)); err != nil {
				t.Fatal(err)
			}
			for _, c := range []contact.Contact{nora, mia} {
				if part := h.find(as(h, c), docket.Filter{Query: "ecran"}); len(part.Items) != 1 {
					t.Errorf("%+v", part)
				}
			}
			part := h.find(h.staff, docket.Filter{Sort: docket.Queue})
			if len(part.Items) != 1 || part.Items[0].WaitsSince != began+2e9 || part.Items[0].StateAt != began+2e9 || part.Items[0].ActivityAt != began+3e9 || part.Items[0].CreatedAt != began {
				t.Errorf("%+v", part)
			}
			if list := h.thread(h.staff, part.Items[0].Request); len(list) != 4 || list[3].N != 4 {
				t.Errorf("%+v", list)
			}
			h.said(as(h, nora), part.Items[0].Request, "Toujours rien.")
			if list := h.thread(h.staff, part.Items[0].Request); len(list) != 5 || list[4].N != 5 {
				t.Errorf("%+v", list)
			}
		})
	})
}
