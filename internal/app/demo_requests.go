package app

import "time"

// What the demo's people asked of their hosts, and what came of it. Like names these are data, and French as users type it.

// demoRequest is a support request; the first word makes it.
type demoRequest struct {
	kind, subject string
	words         []demoWord
}

// demoWord is something that somebody did about it: a contact shown or one of the team, by e-mail address. Does is "says",
// "asks" (says, and waits for the customer), "notes", "takes", "resolves" or "closes".
type demoWord struct {
	ago      time.Duration
	by, does string
	text     string
}

// demoAnswer is a canned answer.
type demoAnswer struct{ title, text string }

var demoAnswers = []demoAnswer{
	{"Demander une capture d’écran", "Bonjour,\n\nPour avancer, pourriez-vous nous envoyer une capture d’écran du message affiché, et nous dire à quelle heure il est apparu ?\n\nBien cordialement,"},
	{"Demande résolue", "Bonjour,\n\nLe nécessaire est fait. Si quelque chose ne fonctionne pas comme prévu, répondez simplement à ce message : la demande sera rouverte.\n\nBien cordialement,"},
}

var demoRequests = map[string][]demoRequest{
	"brenval": {
		{"administrative", "Attestation de stage à refaire", []demoWord{
			{34 * day, "maelle.legall@corvenne.example", "says", "Bonjour,\n\nL’attestation de Mélissa porte l’ancienne adresse des ateliers. Pouvez-vous la refaire ?"},
			{33 * day, "rachel.moreau@brenval.example", "says", "Bonjour,\n\nC’est corrigé : l’attestation part aujourd’hui par courrier."},
			{33*day - time.Hour, "rachel.moreau@brenval.example", "resolves", ""},
			{20 * day, "rachel.moreau@brenval.example", "closes", ""},
		}},
		{"technical", "Le dépôt des offres d’apprentissage reste sur « Chargement »", []demoWord{
			{6 * day, "ines.oliveira@verrerie-loch.example", "says", "Bonjour,\n\nDepuis lundi, la page de dépôt des offres reste sur « Chargement » après l’ajout d’une fiche de poste en PDF de 12 Mo."},
			{6*day - 2*time.Hour, "rachel.moreau@brenval.example", "takes", ""},
			{5 * day, "rachel.moreau@brenval.example", "says", "Bonjour Madame Oliveira,\n\nMerci pour ces précisions. Nous avons reproduit le blocage et cherchons la cause."},
			{5*day - time.Hour, "rachel.moreau@brenval.example", "notes", "Prestataire prévenu, ticket 4471. Il propose de relever la limite à 25 Mo jeudi soir."},
			{2 * day, "ines.oliveira@verrerie-loch.example", "says", "Bonjour,\n\nAvez-vous des nouvelles ? Nous voudrions publier l’offre cette semaine."},
		}},
		{"administrative", "Convention : changement de tuteur", []demoWord{
			{4 * day, "maelle.legall@corvenne.example", "says", "Bonjour,\n\nIbrahima Diallo quitte l’atelier. Comment désigner un autre tuteur pour les deux apprentis en cours de contrat ?"},
			{28 * time.Hour, "nadia.kessler@brenval.example", "asks", "Bonjour Madame Le Gall,\n\nUn avenant suffit. Pouvez-vous nous donner le nom du nouveau tuteur et la date du changement ?"},
		}},
		{"technical", "Mot de passe oublié sur la borne de l’atelier", []demoWord{
			{3 * time.Hour, "tristan.lebihan@verrerie-loch.example", "says", "Bonjour,\n\nLa borne de l’atelier demande un mot de passe que personne ne connaît plus. Qui peut le réinitialiser ?"},
		}},
	},
	"orvane": {
		{"administrative", "Facture adressée à l’ancien nom du cabinet", []demoWord{
			{41 * day, "sandrine.lopes@tilleuls.example", "says", "Bonjour,\n\nLa dernière facture est au nom de « Cabinet Vasseur ». Pouvez-vous corriger l’intitulé ?"},
			{40 * day, "helene.sorel@orvane.example", "says", "Bonjour,\n\nL’intitulé est corrigé ; un avoir et une nouvelle facture ont été émis."},
			{40*day - time.Hour, "helene.sorel@orvane.example", "resolves", ""},
			{28 * day, "helene.sorel@orvane.example", "closes", ""},
		}},
		{"technical", "Impression des ordonnances décalée", []demoWord{
			{9 * day, "fiona.oconnor@tilleuls.example", "says", "Bonjour,\n\nDepuis la mise à jour, le bas de page des ordonnances sort sur une deuxième feuille."},
			{9*day - 3*time.Hour, "bruno.catelan@orvane.example", "takes", ""},
			{8 * day, "bruno.catelan@orvane.example", "says", "Bonjour Docteur,\n\nNous avons reproduit le décalage avec votre modèle d’imprimante. Un correctif est en préparation."},
			{8*day - time.Hour, "bruno.catelan@orvane.example", "notes", "Correctif prévu dans la version de vendredi. À défaut : marge basse de 12 mm."},
			{3 * day, "fiona.oconnor@tilleuls.example", "says", "Merci. En attendant, existe-t-il un réglage provisoire ?"},
		}},
		{"technical", "La synchronisation de l’agenda s’arrête le soir", []demoWord{
			{5 * day, "luc.bertin@tilleuls.example", "says", "Bonjour,\n\nChaque soir vers 19 h, l’agenda de mon téléphone cesse de se mettre à jour jusqu’au lendemain."},
			{26 * time.Hour, "bruno.catelan@orvane.example", "asks", "Bonjour Monsieur Bertin,\n\nPour avancer, pourriez-vous nous dire quel téléphone vous utilisez et si le mode économie d’énergie est activé ?"},
		}},
		{"technical", "Lecteur de cartes non reconnu au deuxième poste", []demoWord{
			{7 * day, "aminata.traore@tilleuls.example", "says", "Bonjour,\n\nLe lecteur de cartes du deuxième poste n’est plus reconnu depuis ce matin."},
			{6 * day, "bruno.catelan@orvane.example", "says", "Bonjour,\n\nLe pilote a été réinstallé à distance. Le lecteur répond de nouveau."},
			{6*day - time.Hour, "bruno.catelan@orvane.example", "resolves", ""},
		}},
		{"administrative", "Ajouter un poste au contrat", []demoWord{
			{2 * time.Hour, "claire.vasseur@tilleuls.example", "says", "Bonjour,\n\nUne remplaçante nous rejoint en janvier. Quel serait le tarif pour un poste de plus ?"},
		}},
	},
}
