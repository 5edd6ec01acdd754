package request_test

import (
	"context"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestFiles(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		store, err := file.Open(t.TempDir(), file.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		receive := func(name string) []file.Received {
			f, err := store.Receive(t.Context(), strings.NewReader("des mots"), name)
			if err != nil {
				t.Fatal(err)
			}
			return []file.Received{f}
		}
		at := h.organization()
		nora, mia, ali := h.person(at, "Nora", contact.User), h.person(at, "Mia", contact.User), h.person(at, "Ali", contact.Admin)
		r := h.asked(nora, "Écran")
		open := func(by actor.Actor, of id.Request, f id.File) error {
			return h.db.View(t.Context(), func(tx *sqldb.Tx) error { _, err := request.File(t.Context(), tx, by, of, f); return err })
		}
		filesOf := func(e request.Entry) (list []file.File) {
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				all, err := request.Files(ctx, tx, h.staff, []request.Entry{e})
				list = all[e.ID]
				return err
			})
			return list
		}
		t.Run("a vendor takes no file without the word that it holds no health data, by whatever verb", func(t *testing.T) {
			_, err := h.create(as(h, nora), request.Input{Kind: "technical", Subject: "x", Text: "x", Files: receive("a.txt")})
			refused(t, err, fault.Invalid, "no_health_data", "request.health_data")
			for _, by := range []actor.Actor{as(h, nora), h.staff} {
				_, err := h.say(by, r, request.Remark{Text: "x", Files: receive("a.txt")})
				refused(t, err, fault.Invalid, "no_health_data", "request.health_data")
			}
			if n := len(h.thread(h.staff, r)); n != 1 {
				t.Errorf("%d entries", n)
			}
		})
		t.Run("what hangs on a comment is seen by who sees the request, on a note by staff alone", func(t *testing.T) {
			e, err := h.say(as(h, nora), r, request.Remark{Text: "Voici.", Files: receive("photo.txt"), NoHealthData: true})
			if err != nil {
				t.Fatal(err)
			}
			list := filesOf(e)
			if len(list) != 1 || list[0].Name != "photo.txt" {
				t.Fatalf("%+v", list)
			}
			var note request.Entry
			h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				note, err = request.Jot(ctx, tx, h.staff, r.ID, request.Remark{Text: "x", Files: receive("note.txt"), NoHealthData: true})
				return err
			})
			internal := filesOf(note)[0]
			for _, by := range []actor.Actor{as(h, nora), as(h, ali), h.staff} {
				if err := open(by, r.ID, list[0].ID); err != nil {
					t.Error(err)
				}
				if err := open(by, h.asked(nora, "Autre").ID, list[0].ID); err == nil {
					t.Error("opened through another request")
				}
			}
			refused(t, open(as(h, mia), r.ID, list[0].ID), fault.NotFound, "", "fault.not_found")
			refused(t, open(as(h, ali), r.ID, internal.ID), fault.NotFound, "", "fault.not_found")
			refused(t, open(h.host("orvane", "vendor"), r.ID, list[0].ID), fault.NotFound, "", "fault.not_found")
			if err := open(h.staff, r.ID, internal.ID); err != nil {
				t.Error(err)
			}
		})
	})
}
