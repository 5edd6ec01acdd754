package app

import (
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/sample"
)

// The demo's two hosts, with the few people that the pictures in the documentation show; package sample makes up
// the others. Numbers are those that Arcep keeps for works of fiction, domains end in .example.

// demoHost is a workspace to try.
type demoHost struct {
	slug, name, kind, brand string
	language                string
	team                    []demoMember
	welcome                 demoMember // who is invited into the team and has not answered
	organizations, contacts int        // made up, besides those that are shown
	shown                   []demoOrganization
	visitors                []demoVisitor
	prefix                  string // of the invoices' numbers
	invoices                []demoInvoice
	documents               []demoDocument
	offers                  []demoOffer
	deposits                []demoDeposit
}

// demoVisitor is one of the people shown as whom the portal can be tried: by e-mail address, in a word, and what there
// is to see. Who has not joined has no password.
type demoVisitor struct {
	email, word, note string
}

// demoMember is somebody of the team. Both is the login that works for both workspaces.
type demoMember struct {
	name, email, role string
}

type demoOrganization struct {
	name, siret, customer, address, postcode, city, phone, website string
	people                                                         []demoPerson
}

// demoPerson is a contact; state is one of sample's ways: "active", "invited", "off" (switched off by staff),
// "new" (nothing sent), "waiting" (from the public form, signs in, not yet authorised). Login is the address by which they
// sign in, where that is another.
type demoPerson struct {
	civility, family, given, job, mobile, phone, email, role, state, login string
}

var both = demoMember{"Camille Estève", "camille.esteve@entregent.example", "admin"}

// tilleuls is the practice that the vendor's pictures show.
const tilleuls = "Cabinet médical des Tilleuls"

var demoHosts = []demoHost{
	{
		slug: "brenval", name: "École Brenval", kind: string(sample.School), language: "fr",
		team: []demoMember{
			{"Nadia Kessler", "nadia.kessler@brenval.example", "admin"},
			{"Rachel Moreau", "rachel.moreau@brenval.example", "officer"},
			both,
		},
		welcome:       demoMember{"Gwénaël Tanguy", "gwenael.tanguy@brenval.example", "officer"},
		organizations: 90, contacts: 330,
		shown: []demoOrganization{
			{
				name: "Ateliers Corvenne", siret: "81245739800020", address: "14 rue du Port", postcode: "29000", city: "Quimper",
				phone: "02 61 91 40 00", website: "https://www.corvenne.example/",
				people: []demoPerson{
					{"ms", "Le Gall", "Maëlle", "Responsable des ressources humaines", "06 39 98 21 40", "02 61 91 40 10", "maelle.legall@corvenne.example", "super_admin", "active", ""},
					{"mr", "Roussel-Carré", "Étienne", "Chargé de recrutement", "06 39 98 07 63", "02 61 91 40 12", "etienne.roussel@corvenne.example", "user", "waiting", ""},
					{"mr", "Diallo", "Ibrahima", "Tuteur, atelier de menuiserie", "06 39 98 55 18", "02 61 91 40 27", "ibrahima.diallo@corvenne.example", "user", "off", ""},
					{"ms", "Nguyen", "Linh", "Assistante de direction", "", "02 61 91 40 11", "linh.nguyen@corvenne.example", "admin", "invited", ""},
					{"mr", "Kervella", "Yann", "Directeur technique", "06 39 98 70 02", "02 61 91 40 30", "yann.kervella@corvenne.example", "user", "new", ""},
				},
			},
			{
				name: "Verrerie du Loc’h", siret: "45210988700011", address: "3 quai de l’Arsenal", postcode: "29200", city: "Brest", phone: "02 61 91 52 00",
				people: []demoPerson{
					{"ms", "Oliveira", "Inês", "Responsable de production", "06 39 98 31 77", "02 61 91 52 03", "ines.oliveira@verrerie-loch.example", "admin", "active", ""},
					{"mr", "Le Bihan", "Tristan", "Chef d’atelier", "06 39 98 31 80", "02 61 91 52 06", "tristan.lebihan@verrerie-loch.example", "user", "active", ""},
				},
			},
			{
				name: "Brasserie Armen", siret: "39077412300033", address: "27 rue des Houblons", postcode: "56100", city: "Lorient", phone: "02 61 91 61 00",
				people: []demoPerson{
					{"mr", "Tanguy", "Loïc", "Gérant", "06 39 98 44 09", "02 61 91 61 01", "loic.tanguy@armen.example", "super_admin", "active", ""},
					{"ms", "Petit", "Solène", "Maître d’apprentissage", "", "02 61 91 61 08", "solene.petit@armen.example", "user", "invited", ""},
				},
			},
			{
				name: "Hôtel Kerannic", siret: "50136627200018", address: "1 place du Marché", postcode: "29900", city: "Concarneau", phone: "02 61 91 73 00",
				people: []demoPerson{
					{"mr", "D’Hervé", "Paul-Émile", "Directeur", "06 39 98 12 86", "02 61 91 73 01", "paul.dherve@kerannic.example", "user", "waiting", ""},
					{"mr", "Tanguy", "Loïc", "Associé", "06 39 98 44 09", "02 61 91 73 04", "associes@kerannic.example", "user", "active", "loic.tanguy@armen.example"},
				},
			},
			{
				name: "Orvane Santé", siret: "52188400700019", address: "5 rue de la Chaussée", postcode: "37000", city: "Tours", phone: "02 61 91 84 00",
				people: []demoPerson{
					{"ms", "Sorel", "Hélène", "Tutrice", "06 39 98 84 21", "02 61 91 84 02", "helene.sorel@orvane.example", "user", "active", ""},
				},
			},
		},
		visitors: []demoVisitor{
			{"maelle.legall@corvenne.example", "super_admin", "Ateliers Corvenne"},
			{"ines.oliveira@verrerie-loch.example", "admin", "Verrerie du Loc’h"},
			{"tristan.lebihan@verrerie-loch.example", "user", "Verrerie du Loc’h"},
			{"loic.tanguy@armen.example", "super_admin", "two companies: of Brasserie Armen, and user of Hôtel Kerannic"},
			{"helene.sorel@orvane.example", "user", "Orvane Santé; the same person as the admin below"},
			{"etienne.roussel@corvenne.example", "guest", "not authorised yet: a calm page, and oneself"},
			{"ibrahima.diallo@corvenne.example", "off", "switched off: signs in, and reads that this access was closed"},
			{"linh.nguyen@corvenne.example", "invited", "has not joined: cannot sign in"},
		},
		prefix: "EB", invoices: []demoInvoice{
			{"Ateliers Corvenne", 402, 371, 30, "7 200,00", "8 640,00", "BC-2291", "Frais de formation, deux apprentis"},
			{"Brasserie Armen", 399, 380, 30, "3 600,00", "4 320,00", "", "Frais de formation, un apprenti"},
			{"Ateliers Corvenne", 208, 181, 30, "1 250,00", "1 500,00", "BC-2377", "Certification, session de printemps"},
			{"Brasserie Armen", 75, 0, 30, "3 600,00", "4 320,00", "ARM-88", "Frais de formation, un apprenti"},
			{"Ateliers Corvenne", 74, 0, 30, "7 380,00", "8 856,00", "BC-2410", "Frais de formation, deux apprentis"},
			{"Brasserie Armen", 40, 12, 30, "980,00", "1 176,00", "", "Module d’hygiène, trois jours"},
			{"Ateliers Corvenne", 33, 0, 0, "-410,00", "-492,00", "BC-2410", "Avoir : un jour de formation annulé"},
			{"Brasserie Armen", 15, 0, 45, "640,00", "768,00", "ARM-91", "Jury d’examen"},
			{"Ateliers Corvenne", 9, 0, 30, "1 290,50", "1 548,60", "BC-2433", "Certification, session d’automne"},
		},
		documents: []demoDocument{
			{"Ateliers Corvenne", 410, "Convention de partenariat", document.Agreement, document.ForAll, "Signée par les deux parties. L’original est à l’école.", 45},
			{"Brasserie Armen", 396, "Contrat de mission", document.Contract, document.ForAdmins, "", 0},
			{"Ateliers Corvenne", 205, "Attestation d’assurance", document.Certificate, document.ForAdmins, "À renouveler chaque année.", 0},
			{"Ateliers Corvenne", 120, "Fiche de poste, apprenti soudeur", document.Sheet, document.ForAll, "", 0},
			{"Brasserie Armen", 60, "Fiche de poste, apprenti brasseur", document.Sheet, document.ForAll, "", 0},
			{"Ateliers Corvenne", 30, "Compte rendu de visite", document.Report, document.ForStaff, "Interne.", 0},
		},
		offers: []demoOffer{
			{organization: "Ateliers Corvenne", made: 310, after: "deactivate", tutor: "ibrahima.diallo@corvenne.example", Input: offer.Input{Text: offer.Text{
				Title: "Menuisier agenceur en apprentissage", Contract: "apprenticeship", Posts: "2", Duration: "24 mois", Rhythm: "3 semaines en entreprise, 1 semaine à l’école", Place: "Nantes",
				Description: "Fabriquer et poser des agencements sur mesure, à l’atelier et chez les clients.", Profile: "CAP de menuiserie, goût du travail soigné.",
			}}},
			{organization: "Ateliers Corvenne", made: 62, by: "maelle.legall@corvenne.example", after: "accept", starts: 280, tutor: "ibrahima.diallo@corvenne.example", Input: offer.Input{Text: offer.Text{
				Title: "Ébéniste en apprentissage", Contract: "apprenticeship", Posts: "2", Duration: "24 mois", Rhythm: "3 semaines en entreprise, 1 semaine à l’école", Place: "Nantes",
				Description: "Restaurer du mobilier ancien et fabriquer des pièces uniques avec notre équipe de cinq ébénistes.", Profile: "Première expérience du travail du bois.",
			}}},
			{organization: "Brasserie Armen", made: 48, starts: 120, Input: offer.Input{Text: offer.Text{
				Title: "Assistant qualité, contrat de professionnalisation", Contract: "professionalization", Posts: "1", Duration: "12 mois", Rhythm: "2 jours à l’école, 3 jours en entreprise", Place: "Brest",
				Description: "Suivre les contrôles de la production et tenir à jour le plan de maîtrise sanitaire.", Profile: "Bac + 2 en agroalimentaire.",
			}}},
			{organization: "Ateliers Corvenne", made: 33, by: "maelle.legall@corvenne.example", after: "reject", Input: offer.Input{Text: offer.Text{
				Title: "Ébéniste", Contract: "apprenticeship", Posts: "1", Place: "Nantes", Description: "Restaurer du mobilier ancien.",
			}}},
			{organization: "Ateliers Corvenne", made: 2, by: "maelle.legall@corvenne.example", starts: 285, Input: offer.Input{Text: offer.Text{
				Title: "Chargé de clientèle en alternance", Contract: "professionalization", Posts: "1", Duration: "12 mois", Rhythm: "3 jours en entreprise, 2 jours à l’école", Place: "Nantes",
				Description: "Accueillir les clients du magasin, préparer les devis et suivre les commandes.", Profile: "Bac + 2, aisance au téléphone.",
			}}},
		},
		deposits: []demoDeposit{
			{9, deposit.Input{
				Name: "Ateliers Corvenne", SIRET: "81245739800020", Address: "14 rue du Port", Postcode: "29000", City: "Quimper",
				Civility: "mr", FamilyName: "Roussel-Carré", GivenName: "Étienne", JobTitle: "Chargé de recrutement", Phone: "02 61 91 40 12", Email: "etienne.roussel@corvenne.example",
				Title: "Stage de dessin technique", Contract: "internship", Posts: "1", Duration: "6 mois", Place: "Nantes",
				Description: "Dessiner les plans d’agencement sur ordinateur, du relevé à la mise en fabrication.", Profile: "BTS ou licence, maîtrise d’un logiciel de dessin.",
			}},
			{3, deposit.Input{ // the address is not the one that the school knows
				Name: "Brasserie Armen", SIRET: "390 774 123 00033", Address: "27 rue des Houblons", Postcode: "56100", City: "Lorient",
				Civility: "ms", FamilyName: "Petit", GivenName: "Solène", JobTitle: "Maître d’apprentissage", Phone: "02 61 91 61 08", Email: "solene.petit@houblons.example",
				Title: "Apprenti brasseur", Contract: "apprenticeship", Posts: "1", Duration: "24 mois", Rhythm: "3 semaines en entreprise, 1 semaine à l’école", Place: "Lorient",
				Description: "Conduire le brassage, la fermentation et la mise en fût, avec deux brasseurs.", Profile: "Goût du travail d’équipe et de la propreté.",
			}},
		},
	},
	{
		slug: "orvane", name: "Orvane Santé", kind: string(sample.Vendor), brand: "#5b3a7d", language: "fr",
		team: []demoMember{
			{"Hélène Sorel", "helene.sorel@orvane.example", "admin"},
			{"Bruno Catelan", "bruno.catelan@orvane.example", "officer"},
			both,
		},
		welcome:       demoMember{"Solène Ravel", "solene.ravel@orvane.example", "officer"},
		organizations: 60, contacts: 220,
		shown: []demoOrganization{
			{
				name: tilleuls, customer: "40 118", address: "8 avenue des Tilleuls", postcode: "37000", city: "Tours",
				phone: "02 61 91 80 00", website: "https://www.tilleuls.example/",
				people: []demoPerson{
					{"dr", "Vasseur", "Claire", "Médecin généraliste", "06 39 98 60 11", "02 61 91 80 01", "claire.vasseur@tilleuls.example", "super_admin", "active", ""},
					{"dr", "Haddad", "Karim", "Médecin généraliste", "", "02 61 91 80 02", "karim.haddad@tilleuls.example", "admin", "active", ""},
					{"ms", "Lopes", "Sandrine", "Coordinatrice", "06 39 98 60 14", "02 61 91 80 03", "sandrine.lopes@tilleuls.example", "admin", "active", ""},
					{"mr", "Bertin", "Luc", "Infirmier", "", "", "luc.bertin@tilleuls.example", "user", "active", ""},
					{"ms", "Chevallier", "Anaïs", "Secrétaire médicale", "", "02 61 91 80 00", "anais.chevallier@tilleuls.example", "user", "invited", ""},
					{"dr", "O’Connor", "Fiona", "Médecin remplaçante", "06 39 98 60 23", "", "fiona.oconnor@tilleuls.example", "user", "active", ""},
					{"mr", "Da Costa", "Miguel", "Kinésithérapeute", "", "02 61 91 80 06", "miguel.dacosta@tilleuls.example", "user", "off", ""},
					{"ms", "Payet", "Ludivine", "Télésecrétaire", "", "", "ludivine.payet@tilleuls.example", "user", "active", ""},
					{"ms", "Roche", "Brigitte", "Comptable", "", "02 61 91 80 09", "comptabilite@tilleuls.example", "user", "new", ""},
					{"mr", "Simonet", "Paul", "Interne", "06 39 98 60 40", "", "paul.simonet@tilleuls.example", "user", "active", ""},
					{"ms", "Traoré", "Aminata", "Sage-femme", "", "02 61 91 80 05", "aminata.traore@tilleuls.example", "user", "active", ""},
					{"mr", "Weber", "Jonas", "Prestataire informatique", "", "", "informatique@tilleuls.example", "user", "new", ""},
				},
			},
		},
		visitors: []demoVisitor{
			{"claire.vasseur@tilleuls.example", "super_admin", "Cabinet médical des Tilleuls, as all below"},
			{"karim.haddad@tilleuls.example", "admin", ""},
			{"luc.bertin@tilleuls.example", "user", ""},
			{"miguel.dacosta@tilleuls.example", "off", "switched off: signs in, and reads that this access was closed"},
			{"anais.chevallier@tilleuls.example", "invited", "has not joined: cannot sign in"},
		},
		prefix: "OS", invoices: []demoInvoice{
			{tilleuls, 410, 395, 30, "1 188,00", "1 425,60", "", "Licence annuelle, douze postes"},
			{tilleuls, 230, 196, 30, "420,00", "504,00", "PO 4417", "Formation à distance, une journée"},
			{tilleuls, 140, 120, 30, "285,00", "342,00", "", "Reprise de données"},
			{tilleuls, 61, 0, 30, "1 224,00", "1 468,80", "PO 4502", "Licence annuelle, douze postes"},
			{tilleuls, 48, 0, 0, "-102,00", "-122,40", "PO 4502", "Avoir : un poste de moins"},
			{tilleuls, 7, 0, 30, "180,00", "216,00", "PO 4533", "Lecteur de carte"},
		},
		documents: []demoDocument{
			{tilleuls, 420, "Contrat de licence", document.Contract, document.ForAdmins, "Reconduit chaque année.", 61},
			{tilleuls, 418, "Fiche d’installation", document.Sheet, document.ForAll, "À garder près de chaque poste.", 0},
			{tilleuls, 230, "Attestation de formation", document.Certificate, document.ForAll, "", 0},
			{tilleuls, 64, "Devis, un poste de plus", document.Quote, document.ForAdmins, "", 0},
			{tilleuls, 20, "Compte rendu d’appel", document.Report, document.ForStaff, "Interne.", 0},
		},
	},
}
