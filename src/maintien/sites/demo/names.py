"""Names for invented people, as one meets them in French lecture halls."""

from typing import Final

_FIRST: Final = """
Adèle Adrien Agathe Aïcha Alexandre Alexis Alice Alix Amandine Amélie Amine Anaïs Anatole André
Anouk Antoine Apolline Arthur Aurélien Axel Baptiste Basile Bastien Bérénice Blanche Camille Candice
Capucine Cécile Céleste Célia Charlotte Chloé Clara Clémence Clément Coline Constance Corentin
Damien Daphné David Diane Djibril Dorian Édith Éléonore Élias Élina Élise Éloïse Élodie Emma
Emmanuel Enzo Estelle Esther Étienne Eugénie Eva Fanny Fatou Félix Flavie Florian Gabin Gabriel Gaël
Gaspard Germain Guillaume Gwenaëlle Hadrien Hélène Hugo Ibrahim Inès Irène Ismaël Jade Jean-Baptiste
Jeanne Joachim Jonas Joséphine Jules Juliette Justine Karim Killian Lancelot Laure Léa Léandre
Léonie Lila Lina Loïc Lou Louane Louis Louise Luca Lucas Lucie Lucile Madeleine Mael Maëlys Malo
Manon Marceau Margaux Marie Marin Marius Marion Martin Mathilde Mathis Maxence Maya Mehdi Mélanie
Mila Morgane Moussa Myriam Nadia Naël Natacha Nathan Nicolas Nina Nino Noé Noémie Nolan Océane
Olivia Ombeline Oscar Pauline Paul Perrine Philippine Pierre Quentin Rachel Raphaël Rémi Robin
Romane Romain Rose Roxane Sacha Salomé Samuel Sarah Sélim Simon Sixtine Sofia Soline Suzanne Sylvain
Tancrède Théo Théodore Thibault Timothée Titouan Tristan Ulysse Valentin Valentine Victoire Victor
Violette Vivien Yanis Yasmine Yoann Younes Zélie Zoé
"""

_LAST: Final = """
Abadie Alleaume Ancelin Aubertin Auvray Avenel Bachelet Bailleul Barbaroux Barrault Baudoin Beaufils
Belhadj Bellanger Bénard Berthelot Bertin Besnard Binet Blanchet Boisseau Bonnefoy Bouchard Boudet
Bourdon Bouvier Brémond Brossard Bruneau Cadiou Caillaud Calvet Camara Carlier Castaing Cauchois
Chabert Chambon Chapelle Charrier Chauvin Chevrier Cissé Clavel Coquelin Cordier Cosnard Coulon
Courtin Crépin Dabrowski Dallemagne Daubigny Davoust Delarue Delaunay Delcourt Delmas Deschamps
Desmoulins Diallo Diarra Doucet Drouet Dubreuil Duchemin Dufresne Dumoulin Duplessis Durieux
Duvivier Enault Escoffier Esnault Estève Fauvel Favier Fernandes Ferrand Feuillet Fleury Fontenay
Forestier Fougère Fournel Frémont Gallet Garnier Gaucher Gautreau Gendron Gérard Gilbert Godefroy
Gosselin Goubert Grandin Granger Grosjean Guérin Guilbert Guillemin Haddad Hamon Hardouin Haudebert
Hébert Hermant Heuzé Houssaye Huard Hurel Imbert Jacquemin Jamet Joubert Jourdan Julienne Kaddouri
Keita Kermarec Kowalski Labbé Lachaume Lacombe Lainé Lalande Lambert Langlois Lapierre Larivière
Launay Lavigne Lebreton Lecerf Leclerc Lefort Legendre Lemaître Lemoine Lepage Leroux Lesueur
Letellier Levasseur Lhermitte Louvet Mabire Maillard Mallet Manceau Marchand Marécal Marigny Marois
Maubert Mazurier Ménard Mercadier Messaoudi Michelet Millet Moinard Monnier Montreuil Moreau Morvan
Moulin Nadeau Naudin Ndiaye Neveu Noiret Nunes Olivier Osmond Ouvrard Pasquier Paulmier Pellerin
Périer Pernelle Perrin Pichon Pinson Plantard Poirier Poulain Prévost Quéméner Quesnel Rabier
Ravenel Regnault Rémond Renouf Ricard Rivière Robichon Rocher Rolland Roussel Sabatier Saint-Jean
Salmon Sauvage Savary Segalen Serrano Sidibé Simonnet Soulier Tanguy Tardieu Tessier Thévenin
Thomasset Tissot Tourneur Traoré Vaillant Valette Vasseur Vautier Vernier Viard Vidal Villeneuve
Voisin Wagner Yvon Zeller
"""

FIRST_NAMES: Final = tuple(_FIRST.split())
LAST_NAMES: Final = tuple(_LAST.split())
