package app

import (
	"context"

	"github.com/entregent/entregent/internal/web/told"
	"github.com/entregent/entregent/internal/webhook"
	"github.com/entregent/entregent/internal/webhook/wire"
)

// webhooks makes them, and feeds them from the history.
func (b *Base) webhooks() *webhook.Desk {
	c := b.config.Webhooks
	return webhook.NewDesk(b.secret, webhook.Settings{
		Kinds: told.Kinds(), HTTP: c.HTTP, Private: c.Private, Overlap: c.Overlap.Duration(), Delays: c.Delays, GiveUp: c.GiveUp.Duration(), Timeout: c.Timeout.Duration(),
		Retention: c.Retention.Duration(), Backlog: c.Backlog, Parallel: c.Parallel, Poll: c.Poll.Duration(),
	})
}

// courier posts what is due for webhooks, on this node.
type courier struct {
	*webhook.Courier
	client *wire.Client
}

func (b *Base) courier(version string) *courier {
	c := b.config.Webhooks
	client := wire.New(wire.Options{Private: c.Private, Timeout: c.Timeout.Duration(), Agent: "Entregent/" + version + " (webhooks)"})
	return &courier{webhook.NewCourier(b.db, b.webhooks(), client, b.log), client}
}

// stop serves no more webhooks, see webhook.Courier.Stop; nil does nothing.
func (c *courier) stop(ctx context.Context) error {
	if c == nil {
		return nil
	}
	defer c.client.Close()
	return c.Stop(ctx)
}
