package webhook

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestSign(t *testing.T) {
	t.Run("the example of the Standard Webhooks has the signature that they publish", func(t *testing.T) {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Prefix))
		if err != nil {
			t.Fatal(err)
		}
		got := sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, []byte(`{"test": 2432232314}`))
		if got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
			t.Error(got)
		}
	})
}
