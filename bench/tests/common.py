"""A small folder crm_sales, written where a test wants it."""

import csv

HEADER = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
OTHERS = {
    "accounts.csv": [
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of",
        "Acme Corporation,technolgy,1996,1100.04,2822,United States,",
        "Betatech,medical,1986,647.18,1185,Kenya,Acme Corporation",
        "Ganjaflex,retail,1995,158.71,3492,Atlantis,",
    ],
    "products.csv": ["product,series,sales_price", "GTX Pro,GTX,4821", "MG Special,MG,55.50"],
    "sales_teams.csv": [
        "sales_agent,manager,regional_office",
        "Bench Ann-Lee,Bench Boss,Central",
        "Bench Bob,Bench Boss,Central",
        "Bench Carl,Bench Chief,East",
    ],
}
#: twelve good rows: 5 won (4001.55), 3 lost (10.10), 4 open, of which 2 without an account
ROWS = [
    "W1,Bench Ann-Lee,GTXPro,Acme Corporation,Won,10/20/2016,3/1/2017,1054",
    "W2,Bench Ann-Lee,MG Special,Betatech,Won,10/25/2016,3/11/2017,0.10",
    "W3,Bench Bob,MG Special,Betatech,Won,10/25/2016,3/11/2017,0.20",
    "W4,Bench Carl,GTX Pro,Ganjaflex,Won,1/2/2017,12/31/2017,2900",
    "W5,Bench Carl,MG Special,Ganjaflex,Won,1/2/2017,1/2/2017,47.25",
    "L1,Bench Bob,GTX Pro,Acme Corporation,Lost,10/30/2016,3/2/2017,0",
    "L2,Bench Bob,GTX Pro,Betatech,Lost,10/30/2016,3/2/2017,10.1",
    "L3,Bench Carl,MG Special,Ganjaflex,Lost,10/30/2016,3/2/2017,0",
    "E1,Bench Ann-Lee,GTXPro,Acme Corporation,Engaging,11/1/2016,,",
    "E2,Bench Carl,MG Special,,Engaging,11/2/2016,,",
    "P1,Bench Bob,GTX Pro,Betatech,Prospecting,,,",
    "P2,Bench Bob,MG Special,,Prospecting,,,",
]


def write_folder(folder, rows=ROWS, header=HEADER, **others):
    """Write the four files; ``others``: lines that replace those of a file, by its name's stem."""
    for name, lines in OTHERS.items():
        lines = others.get(name.removesuffix(".csv"), lines)
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    with open(folder / "sales_pipeline.csv", "w", encoding="utf-8", newline="") as file:
        file.write(header + "\r\n")
        for row in rows:
            if isinstance(row, str):
                file.write(row + "\r\n")
            else:
                csv.writer(file).writerow(row)
    return folder
