package webhook

import (
	"encoding/json"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/journal"
)

// TestKind is the kind of the event that a trial sends.
const TestKind = "webhook.test"

// event is what is posted: an item of the API's feed of changes.
type event struct {
	Seq          int64     `json:"seq"`
	At           time.Time `json:"at"`
	Kind         string    `json:"kind"`
	Actor        who       `json:"actor"`
	Subject      about     `json:"subject"`
	Organization string    `json:"organization_id"`
	Fields       []string  `json:"fields"`
}

type who struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

type about struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Number string `json:"number"`
}

// Body is what is posted of an event.
func Body(e journal.Event) ([]byte, error) {
	return json.Marshal(event{
		e.Seq, e.At.Time().UTC(), e.Kind, who{string(e.ActorKind), e.Actor.String()}, about{e.Subject.Kind, e.Subject.ID.String(), e.Subject.Number},
		e.Organization.String(), append([]string{}, e.Fields...),
	})
}

// trial is an event that nothing has happened in.
func trial(w Webhook, d Delivery) journal.Event {
	return journal.Event{Line: journal.Line{At: d.CreatedAt, ActorKind: actor.Program, Kind: TestKind, Subject: journal.Subject{Kind: "webhook", ID: w.ID.UUID}}}
}
