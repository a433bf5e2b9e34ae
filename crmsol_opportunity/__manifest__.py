{
    'name': "Sales Opportunities",
    'version': '19.0.1.0.0',
    'category': 'Sales/CRM',
    'summary': "Phases, pipeline and everything of the negotiation in one place",
    'author': "CRM Solutions",
    'website': "https://github.com/crmsolutions/crmsol_opportunity",
    'license': 'LGPL-3',
    'depends': ['sale', 'calendar'],
    'data': [],
    'application': True,
    'installable': True,
}
