package request_test

import (
	"context"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/token"
)

// program lets another program in at the host.
func (h *town) program(name string, rights ...string) (by actor.Actor) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		_, secret, err := token.Create(ctx, tx, h.staff, token.Input{Name: name, Rights: rights})
		if err == nil {
			by, _, err = token.Prove(ctx, tx, secret)
		}
		return err
	})
	return by
}

func TestProgram(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		nora := h.person(h.organization(), "Nora", contact.User)
		desk, other, reader := h.program("Centrale", "requests:write"), h.program("Autre", "requests:write"), h.program("Lecteur", "requests:read")
		in := request.Input{For: nora.ID, Kind: "technical", Subject: "Écran noir", Text: "Depuis ce matin.", Submission: id.NewJob().UUID}
		r, err := h.create(desk, in)
		if err != nil {
			t.Fatal(err)
		}
		t.Run("what it makes came by the API, under its token's name for staff and the host's for customers", func(t *testing.T) {
			now := h.now(r)
			if now.Source != request.API || now.Author.Kind != actor.Program || now.Author.Name != "Centrale" {
				t.Errorf("%+v", now.Author)
			}
			seen, err := h.get(as(h, nora), r.ID)
			if err != nil || seen.Author.Name != "" {
				t.Errorf("%+v, %v", seen.Author, err)
			}
		})
		t.Run("it answers and brings requests on as staff do", func(t *testing.T) {
			if _, err := h.say(desk, r, request.Remark{Text: "Nous regardons."}); err != nil {
				t.Fatal(err)
			}
			if err := h.move(desk, r, request.WaitingCustomer); err != nil {
				t.Fatal(err)
			}
			if now := h.now(r); now.State != request.WaitingCustomer {
				t.Error(now.State)
			}
			for _, e := range h.thread(h.staff, r) {
				if e.Author.Name != "Centrale" || e.Source != request.API {
					t.Errorf("%+v", e)
				}
			}
		})
		t.Run("its form posted again makes no second one; another program's is refused", func(t *testing.T) {
			if again, err := h.create(desk, in); err != nil || again.ID != r.ID {
				t.Errorf("%+v, %v", again, err)
			}
			_, err := h.create(other, in)
			refused(t, err, fault.Conflict, "", "request.submission_taken")
		})
		t.Run("who may only read reads, and nothing else", func(t *testing.T) {
			if seen, err := h.get(reader, r.ID); err != nil || seen.Subject != r.Subject {
				t.Error(err)
			}
			_, err := h.say(reader, r, request.Remark{Text: "Bonjour"})
			refused(t, err, fault.Forbidden, "", "fault.forbidden")
			_, err = h.create(reader, request.Input{For: nora.ID, Kind: "technical", Subject: "x", Text: "x"})
			refused(t, err, fault.Forbidden, "", "fault.forbidden")
		})
	})
}
