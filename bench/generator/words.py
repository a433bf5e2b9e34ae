"""Words of which the generator makes names: Spanish ones, with accents, as users search them."""

CUSTOMERS = [
    *("Talleres", "Construcciones", "Maquinaria", "Alimentación", "Automoción", "Logística"),
    *("Muebles", "Electrónica", "Clínica", "Óptica", "Cerámicas", "Bodegas", "Imprenta"),
    *("Transportes", "Textiles", "Plásticos", "Instalaciones", "Panadería", "Farmacia", "Hotel"),
]
SURNAMES = [
    *("García", "Fernández", "González", "Rodríguez", "López", "Martínez", "Sánchez", "Pérez"),
    *("Gómez", "Martín", "Jiménez", "Ruiz", "Hernández", "Díaz", "Moreno", "Muñoz", "Álvarez"),
    *("Romero", "Alonso", "Gutiérrez", "Navarro", "Torres", "Domínguez", "Vázquez", "Ramos"),
    *("Etxeberria", "Puig", "Castro", "Ortega", "Rubio", "Núñez", "Iglesias", "Peña", "Cano"),
]
NAMES = [
    *("Lucía", "Javier", "Nerea", "Álvaro", "Sofía", "Íñigo", "María", "Andrés", "Núria", "Óscar"),
    *("Elena", "Hugo", "Inés", "Marcos", "Raquel", "Tomás"),
]
CITIES = ["Madrid", "Barcelona", "València", "Sevilla", "Bilbao", "Málaga", "Zaragoza", "Vigo"]
TAGS = [f"Bench {word}" for word in ("Producto", "Servicio", "Licitación", "Renovación", "Obra")]
THINGS = [
    *("Ampliación de la nave", "Renovación de equipos", "Línea de envasado", "Robot de soldadura"),
    *("Mantenimiento anual", "Licencias de software", "Reforma de la oficina", "Flota eléctrica"),
    *("Instalación solar", "Consultoría energética", "Formación del personal", "Sistema de riego"),
    *("Cámaras frigoríficas", "Impresoras industriales", "Uniformes de verano", "Página web"),
    *("Auditoría de calidad", "Grúa torre", "Sala blanca", "Estanterías móviles"),
]
