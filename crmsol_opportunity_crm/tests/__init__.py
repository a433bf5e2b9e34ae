from . import (
    test_coexistence,
    test_fewer_statements,
    test_migration,
    test_migration_history,
    test_migration_run,
    test_migration_security,
    test_migration_thread,
    test_migration_tours,
)
