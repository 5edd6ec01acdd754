package settings

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
)

// routes is the face's whole surface: where, who may, what answers.
func routes(o Options) []web.Route {
	return []web.Route{
		// The workspace itself.
		staff.At("GET /settings", actor.EditSettings, showSettings),
		staff.At("POST /settings", actor.EditSettings, editSettings),
		staff.At("GET /settings/brand", actor.EditSettings, showBrand),

		// The team.
		staff.At("GET /settings/team", actor.SeeTeam, o.showTeam),
		staff.At("POST /settings/team", actor.EditTeam, o.inviteMember),
		staff.At("GET /settings/team/new", actor.EditTeam, o.newMember),
		staff.At("GET /settings/team/{member}/role", actor.EditTeam, o.askRole),
		staff.At("POST /settings/team/{member}/role", actor.EditTeam, o.changeRole),
		staff.At("GET /settings/team/{member}/removal", actor.EditTeam, o.askMemberRemoval),
		staff.At("POST /settings/team/{member}/removal", actor.EditTeam, o.removeMember),
		staff.At("GET /settings/team/invitations/{invitation}/renewal", actor.EditTeam, o.askRenewal),
		staff.At("POST /settings/team/invitations/{invitation}/renewal", actor.EditTeam, o.renewInvitation),
		staff.At("GET /settings/team/invitations/{invitation}/withdrawal", actor.EditTeam, o.askWithdrawal),
		staff.At("POST /settings/team/invitations/{invitation}/withdrawal", actor.EditTeam, o.withdrawInvitation),

		// « Formulaire public ».
		staff.At("GET /settings/form", actor.EditOfferForm, showForm),
		staff.At("POST /settings/form", actor.EditOfferForm, editForm),

		// « Réponses types » to requests.
		staff.At("GET /settings/answers", actor.EditCannedAnswers, listAnswers),
		staff.At("GET /settings/answers/new", actor.EditCannedAnswers, newAnswer),
		staff.At("POST /settings/answers", actor.EditCannedAnswers, addAnswer),
		staff.At("GET /settings/answers/{answer}", actor.EditCannedAnswers, showAnswer),
		staff.At("POST /settings/answers/{answer}", actor.EditCannedAnswers, editAnswer),
		staff.At("GET /settings/answers/{answer}/deletion", actor.EditCannedAnswers, askAnswerDeletion),
		staff.At("POST /settings/answers/{answer}/deletion", actor.EditCannedAnswers, deleteAnswer),

		// « Accès des programmes »: tokens.
		staff.At("GET /settings/tokens", actor.EditTokens, listTokens),
		staff.At("GET /settings/tokens/new", actor.EditTokens, newToken),
		staff.At("POST /settings/tokens", actor.EditTokens, createToken),
		staff.At("GET /settings/tokens/{program}/revocation", actor.EditTokens, askTokenRevocation),
		staff.At("POST /settings/tokens/{program}/revocation", actor.EditTokens, revokeToken),

		// « Webhooks ».
		staff.At("GET /settings/webhooks", actor.EditWebhooks, listWebhooks),
		staff.At("GET /settings/webhooks/new", actor.EditWebhooks, newWebhook),
		staff.At("POST /settings/webhooks", actor.EditWebhooks, o.createWebhook),
		staff.At("GET /settings/webhooks/{webhook}", actor.EditWebhooks, showWebhook),
		staff.At("POST /settings/webhooks/{webhook}", actor.EditWebhooks, o.saveWebhook),
		staff.At("GET /settings/webhooks/{webhook}/edit", actor.EditWebhooks, editWebhook),
		staff.At("GET /settings/webhooks/{webhook}/secret", actor.EditWebhooks, askWebhookRenewal),
		staff.At("POST /settings/webhooks/{webhook}/secret", actor.EditWebhooks, o.renewWebhook),
		staff.At("POST /settings/webhooks/{webhook}/state", actor.EditWebhooks, switchWebhook),
		staff.At("POST /settings/webhooks/{webhook}/trial", actor.EditWebhooks, tryWebhook),
		staff.At("POST /settings/webhooks/{webhook}/replay", actor.EditWebhooks, replayFailed),
		staff.At("POST /settings/webhooks/{webhook}/deliveries/{delivery}/replay", actor.EditWebhooks, replayDelivery),
		staff.At("GET /settings/webhooks/{webhook}/deletion", actor.EditWebhooks, askWebhookDeletion),
		staff.At("POST /settings/webhooks/{webhook}/deletion", actor.EditWebhooks, deleteWebhook),

		// Letters.
		staff.At("GET /settings/letters", actor.SeeLetters, o.listLetters),
		staff.At("POST /settings/letters", actor.SeeLetters, o.sendTrial),
		staff.At("GET /settings/letters/{letter}", actor.SeeLetters, o.showLetter),
		staff.At("GET /settings/letters/{letter}/html", actor.SeeLetters, o.showLetterHTML),
		staff.At("GET /settings/templates", actor.EditLetters, o.listTexts),
		staff.At("GET /settings/templates/{kind}/{language}", actor.EditLetters, o.showText),
		staff.At("POST /settings/templates/{kind}/{language}", actor.EditLetters, o.saveText),
		staff.At("POST /settings/templates/{kind}/{language}/preview", actor.EditLetters, o.previewText),
		staff.At("POST /settings/templates/{kind}/{language}/sample", actor.EditLetters, o.sendSample),
		staff.At("GET /settings/templates/{kind}/{language}/removal", actor.EditLetters, o.askRemoval),
		staff.At("POST /settings/templates/{kind}/{language}/removal", actor.EditLetters, o.removeText),
	}
}
