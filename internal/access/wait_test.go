package access_test

import (
	"testing"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/login"
)

// TestStrangersKeepNobodyWaiting: whoever knows an address can have the sign-in page wait for it, but not the page of an
// invitation, whose link proves the mailbox.
func TestStrangersKeepNobodyWaiting(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		l := h.join(h.school, h.contact(h.school, "Garnier", "Hélène", "helene@corvenne.example"))
		c := h.contact(h.vendor, "Garnier", "Hélène", "helene@corvenne.example")
		h.send(h.vendor, c.ID)
		token := h.token("helene@corvenne.example")
		t.Run("an invitee accepts while the sign-in page waits", func(t *testing.T) {
			signIn := func(typed string) (err error) {
				_, err = h.desk.SignIn(t.Context(), login.Credentials{Email: "helene@corvenne.example", Password: typed})
				return err
			}
			for range 12 {
				_ = signIn("not it at all, sorry")
			}
			if err := signIn(password); !fault.Is(err, fault.TooMany) {
				t.Fatal("the sign-in page does not wait:", err)
			}
			if _, err := h.door.Activate(t.Context(), invitation.Activation{Token: token, Password: password}); err != nil {
				t.Error(err)
			}
			if h.now(h.vendor, c.ID).Login != l.ID {
				t.Error("has not joined")
			}
		})
	})
}
