"""RDS's database engines: versions, families, parameters. Facts, and no rules.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-versions.html and the pages beside it for
MySQL and MariaDB; https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html.
"""

import re

from .words import words

DEFAULT_PORTS = {
    "postgres": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "aurora-postgresql": 5432,
    "aurora-mysql": 3306,
    "oracle-ee": 1521,
    "oracle-ee-cdb": 1521,
    "oracle-se2": 1521,
    "oracle-se2-cdb": 1521,
    "sqlserver-ee": 1433,
    "sqlserver-se": 1433,
    "sqlserver-ex": 1433,
    "sqlserver-web": 1433,
    "custom-oracle-ee": 1521,
    "custom-sqlserver-ee": 1433,
    "db2-se": 50000,
    "db2-ae": 50000,
}
"""The engines with their ports."""

VERSIONS: dict[str, dict[str, tuple[int, int]]] = {
    "postgres": {"11": (22, 22), "12": (22, 22), "13": (15, 22), "14": (12, 19), "15": (7, 14), "16": (3, 10), "17": (1, 6)},
    "mysql": {"8.0": (32, 43), "8.4": (3, 6)},
    "mariadb": {"10.5": (20, 29), "10.6": (13, 22), "10.11": (4, 13), "11.4": (3, 7), "11.8": (3, 3)},
}
"""The first and the last minor version of each major one."""

FAMILIES = {engine: tuple(f"{engine}{major}" for major in majors) for engine, majors in VERSIONS.items()}
"""Families of parameter groups, by engine."""

PASSWORD_LENGTHS = {"postgres": (8, 128), "mysql": (8, 41), "mariadb": (8, 41), "aurora-mysql": (8, 41)}
RESERVED_USERS = {
    "postgres": ("admin", "rdsadmin", "rds_superuser", "rdsrepladmin", "rds_replication", "rds_password", "rdstopmgr", "public", "user"),
    "mysql": ("rdsadmin", "rdsrepladmin"),
    "mariadb": ("rdsadmin", "rdsrepladmin"),
}

DEFAULT_MAJOR = {"postgres": "17", "mysql": "8.4", "mariadb": "11.4"}


def newest(engine: str, version: str) -> str | None:
    """The version that an engine runs when asked for one, perhaps by its major version alone; None where there is none such."""
    if engine not in VERSIONS:
        return version or None
    version = version or DEFAULT_MAJOR[engine]
    if version in VERSIONS[engine]:
        return f"{version}.{VERSIONS[engine][version][1]}"
    major, _, minor = version.rpartition(".")
    if not major or major not in VERSIONS[engine] or not re.fullmatch(r"\d+(-R\d+)?", minor):
        return None
    low, high = VERSIONS[engine][major]
    return version if low <= int(minor.split("-")[0]) <= high else None


def family_of(engine: str, version: str) -> str | None:
    """The family of parameter groups for a version; None where the sandbox does not know."""
    found = newest(engine, version) if engine in VERSIONS else None
    return f"{engine}{found.rpartition('.')[0]}" if found else None


def storage_minimum(kind: str) -> int:
    """The smallest disk in GiB: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html."""
    return {"standard": 5, "io1": 100, "io2": 100}.get(kind, 20)


STATIC = words(
    """
    rds.logical_replication shared_preload_libraries shared_buffers max_connections max_wal_senders max_replication_slots
    max_worker_processes max_prepared_transactions max_locks_per_transaction wal_buffers huge_pages autovacuum_max_workers
    autovacuum_freeze_max_age autovacuum_multixact_freeze_max_age track_activity_query_size track_commit_timestamp max_files_per_process
    superuser_reserved_connections max_logical_replication_workers max_pred_locks_per_transaction pg_stat_statements.max
    cron.database_name
    """
)
"""Parameters of PostgreSQL that are read at the start of a server alone."""

PARAMETERS = STATIC | words(
    """
    application_name array_nulls authentication_timeout auto_explain.log_analyze auto_explain.log_buffers auto_explain.log_format
    auto_explain.log_min_duration auto_explain.log_nested_statements auto_explain.log_timing auto_explain.sample_rate autovacuum
    autovacuum_analyze_scale_factor autovacuum_analyze_threshold autovacuum_naptime autovacuum_vacuum_cost_delay
    autovacuum_vacuum_cost_limit autovacuum_vacuum_insert_scale_factor autovacuum_vacuum_insert_threshold autovacuum_vacuum_scale_factor
    autovacuum_vacuum_threshold autovacuum_work_mem backend_flush_after bgwriter_delay bgwriter_flush_after bgwriter_lru_maxpages
    bgwriter_lru_multiplier bytea_output check_function_bodies checkpoint_completion_target checkpoint_flush_after checkpoint_timeout
    checkpoint_warning client_encoding client_min_messages commit_delay commit_siblings constraint_exclusion cpu_index_tuple_cost
    cpu_operator_cost cpu_tuple_cost cron.log_run cron.log_statement cron.max_running_jobs cursor_tuple_fraction datestyle
    deadlock_timeout debug_pretty_print debug_print_parse debug_print_plan debug_print_rewritten default_statistics_target
    default_tablespace default_toast_compression default_transaction_deferrable default_transaction_isolation
    default_transaction_read_only effective_cache_size effective_io_concurrency enable_async_append enable_bitmapscan enable_gathermerge
    enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan enable_indexscan enable_material enable_memoize
    enable_mergejoin enable_nestloop enable_parallel_append enable_parallel_hash enable_partition_pruning enable_partitionwise_aggregate
    enable_partitionwise_join enable_seqscan enable_sort enable_tidscan extra_float_digits from_collapse_limit geqo geqo_effort
    geqo_generations geqo_pool_size geqo_seed geqo_selection_bias geqo_threshold gin_fuzzy_search_limit gin_pending_list_limit
    hash_mem_multiplier hot_standby_feedback idle_in_transaction_session_timeout idle_session_timeout intervalstyle jit jit_above_cost
    jit_inline_above_cost jit_optimize_above_cost join_collapse_limit lc_messages lc_monetary lc_numeric lc_time lo_compat_privileges
    lock_timeout log_autovacuum_min_duration log_checkpoints log_connections log_destination log_disconnections log_duration
    log_error_verbosity log_executor_stats log_hostname log_lock_waits log_min_duration_sample log_min_duration_statement
    log_min_error_statement log_min_messages log_parameter_max_length log_parameter_max_length_on_error log_parser_stats
    log_planner_stats log_recovery_conflict_waits log_replication_commands log_rotation_age log_rotation_size log_statement
    log_statement_sample_rate log_statement_stats log_temp_files log_transaction_sample_rate logging_collector logical_decoding_work_mem
    maintenance_io_concurrency maintenance_work_mem max_parallel_apply_workers_per_subscription max_parallel_maintenance_workers
    max_parallel_workers max_parallel_workers_per_gather max_slot_wal_keep_size max_stack_depth max_standby_archive_delay
    max_standby_streaming_delay max_sync_workers_per_subscription max_wal_size min_parallel_index_scan_size min_parallel_table_scan_size
    min_wal_size old_snapshot_threshold operator_precedence_warning parallel_leader_participation parallel_setup_cost
    parallel_tuple_cost password_encryption pg_stat_statements.save pg_stat_statements.track pg_stat_statements.track_planning
    pg_stat_statements.track_utility pgaudit.log pgaudit.log_catalog pgaudit.log_level pgaudit.log_parameter pgaudit.log_relation
    pgaudit.log_statement_once pgaudit.role pglogical.batch_inserts pglogical.conflict_log_level pglogical.conflict_resolution
    pglogical.synchronous_commit pglogical.use_spi plan_cache_mode quote_all_identifiers random_page_cost
    rds.accepted_password_auth_method rds.adaptive_autovacuum rds.allowed_extensions rds.force_admin_logging_level
    rds.force_autovacuum_logging_level rds.force_ssl rds.global_db_rpo rds.log_retention_period rds.rds_superuser_reserved_connections
    rds.restrict_password_commands recovery_min_apply_delay remove_temp_files_after_crash role row_security search_path seq_page_cost
    session_replication_role statement_timeout synchronous_commit synchronize_seqscans tcp_keepalives_count tcp_keepalives_idle
    tcp_keepalives_interval tcp_user_timeout temp_buffers temp_file_limit timezone track_activities track_counts track_functions
    track_io_timing track_wal_io_timing transform_null_equals vacuum_cost_delay vacuum_cost_limit vacuum_cost_page_dirty
    vacuum_cost_page_hit vacuum_cost_page_miss vacuum_failsafe_age vacuum_freeze_min_age vacuum_freeze_table_age
    vacuum_multixact_failsafe_age vacuum_multixact_freeze_min_age vacuum_multixact_freeze_table_age wal_compression wal_keep_size
    wal_receiver_create_temp_slot wal_receiver_status_interval wal_receiver_timeout wal_sender_timeout wal_writer_delay
    wal_writer_flush_after work_mem xmlbinary xmloption
    """
)
"""Parameters of PostgreSQL that RDS lets one set."""
