package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Prefix is what every secret begins with, as the Standard Webhooks say.
const Prefix = "whsec_"

// secretOf is the secret that the identifier stands for: 32 bytes that only the installation's key makes, so that no
// row holds one.
func (d *Desk) secretOf(webhook id.Webhook, which id.UUID) []byte {
	return d.key.Sum("secret", webhook.String(), which.String())
}

// show is a secret as people copy it.
func show(key []byte) string { return Prefix + base64.StdEncoding.EncodeToString(key) }

// signatures are those by every secret that is good now, the newest first, a blank between.
func (d *Desk) signatures(w Webhook, message string, at int64, now sqldb.Time, body []byte) string {
	all := sign(d.secretOf(w.ID, w.secret), message, at, body)
	if now < w.OldUntil {
		all += " " + sign(d.secretOf(w.ID, w.old), message, at, body)
	}
	return all
}

// sign is a signature of the first version: HMAC-SHA256 over identifier, seconds and body.
func sign(key []byte, message string, at int64, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(message + "." + strconv.FormatInt(at, 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
