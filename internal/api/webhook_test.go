package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/webhook"
)

// What a webhook posts is an item of the feed, byte for byte.
func TestWebhookBodies(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := with(t, h, h.School, "changes", "journal:read")
		org := h.Organization(h.School, "Corvenne", "73282932000074")
		h.Contact(h.School, org.ID, "Le Gall", "Anne")
		var events []journal.Event
		err := h.DB.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := journal.Seal(t.Context(), tx, secret.New().Key("journal"), h.School.ID, 500)
			if err == nil {
				events, err = journal.Since(t.Context(), tx, actor.OfProgram(h.School.ID), 0, 500)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var feed struct{ Items []json.RawMessage }
		if err := json.Unmarshal([]byte(c.get("/changes?limit=500").want(http.StatusOK).Body), &feed); err != nil || len(feed.Items) != len(events) || len(events) < 3 {
			t.Fatalf("%d of %d: %v", len(feed.Items), len(events), err)
		}
		for i, e := range events {
			body, err := webhook.Body(e)
			if err != nil || string(body) != string(feed.Items[i]) {
				t.Errorf("%s, the feed has %s (%v)", body, feed.Items[i], err)
			}
		}
	})
}
