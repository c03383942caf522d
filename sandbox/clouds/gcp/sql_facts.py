"""Versions and flags that Cloud SQL knows."""

from .words import names

VERSIONS = (
    *names("POSTGRES_9_6 POSTGRES_10 POSTGRES_11 POSTGRES_12 POSTGRES_13 POSTGRES_14 POSTGRES_15 POSTGRES_16 POSTGRES_17 POSTGRES_18"),
    *names("MYSQL_5_6 MYSQL_5_7 MYSQL_8_0 MYSQL_8_4"),
    *(f"SQLSERVER_{year}_{edition}" for year in (2017, 2019, 2022) for edition in names("STANDARD ENTERPRISE EXPRESS WEB")),
)
"""https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1beta4/SqlDatabaseVersion"""

POSTGRES_FLAGS = frozenset(
    names(
        """
        anon.algorithm anon.maskschema anon.restrict_to_trusted_schemas anon.salt anon.sourceschema auto_explain.log_analyze
        auto_explain.log_buffers auto_explain.log_format auto_explain.log_min_duration auto_explain.log_nested_statements
        auto_explain.log_timing auto_explain.log_triggers auto_explain.log_verbose auto_explain.sample_rate autovacuum
        autovacuum_analyze_scale_factor autovacuum_analyze_threshold autovacuum_freeze_max_age autovacuum_max_workers
        autovacuum_multixact_freeze_max_age autovacuum_naptime autovacuum_vacuum_cost_delay autovacuum_vacuum_cost_limit
        autovacuum_vacuum_insert_scale_factor autovacuum_vacuum_insert_threshold autovacuum_vacuum_scale_factor
        autovacuum_vacuum_threshold autovacuum_work_mem backend_flush_after bgwriter_delay bgwriter_flush_after bgwriter_lru_maxpages
        bgwriter_lru_multiplier checkpoint_completion_target checkpoint_timeout checkpoint_warning
        cloudsql.allow_passwordless_local_connections cloudsql.enable_auto_explain cloudsql.enable_maintenance_mode
        cloudsql.enable_pg_cron cloudsql.enable_pg_hint_plan
        cloudsql.enable_pg_wait_sampling cloudsql.enable_pgaudit cloudsql.enable_pglogical cloudsql.iam_authentication
        cloudsql.logical_decoding cloudsql.max_failed_attempts_user cloudsql.pg_shadow_select_role commit_delay commit_siblings
        constraint_exclusion cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost cron.database_name cron.log_min_messages
        cron.log_run cron.log_statement cron.max_running_jobs cron.timezone cursor_tuple_fraction deadlock_timeout
        default_statistics_target default_tablespace default_transaction_deferrable default_transaction_isolation
        default_transaction_read_only effective_cache_size effective_io_concurrency enable_async_append enable_bitmapscan
        enable_gathermerge enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan enable_indexscan enable_material
        enable_memoize enable_mergejoin enable_nestloop enable_parallel_append enable_parallel_hash enable_partition_pruning
        enable_partitionwise_aggregate enable_partitionwise_join enable_seqscan enable_sort enable_tidscan force_parallel_mode
        from_collapse_limit geqo geqo_effort geqo_generations geqo_pool_size geqo_seed geqo_selection_bias geqo_threshold
        gin_fuzzy_search_limit gin_pending_list_limit hash_mem_multiplier hot_standby_feedback huge_pages
        idle_in_transaction_session_timeout idle_session_timeout ivfflat.probes jit join_collapse_limit lock_timeout
        log_autovacuum_min_duration log_checkpoints log_connections log_disconnections log_duration log_error_verbosity log_executor_stats
        log_hostname log_line_prefix log_lock_waits log_min_duration_sample log_min_duration_statement log_min_error_statement
        log_min_messages log_parser_stats log_planner_stats log_recovery_conflict_waits log_replication_commands log_statement
        log_statement_sample_rate log_statement_stats log_temp_files log_timezone log_transaction_sample_rate logical_decoding_work_mem
        maintenance_io_concurrency maintenance_work_mem max_connections max_locks_per_transaction max_logical_replication_workers
        max_parallel_maintenance_workers max_parallel_workers max_parallel_workers_per_gather max_pred_locks_per_page
        max_pred_locks_per_relation max_pred_locks_per_transaction max_prepared_transactions max_replication_slots
        max_standby_archive_delay max_standby_streaming_delay max_sync_workers_per_subscription max_wal_senders max_wal_size
        max_worker_processes min_parallel_index_scan_size min_parallel_table_scan_size min_wal_size old_snapshot_threshold
        parallel_leader_participation parallel_setup_cost parallel_tuple_cost password_encryption pg_bigm.enable_recheck
        pg_bigm.similarity_limit pg_hint_plan.enable_hint pg_stat_statements.max pg_stat_statements.save pg_stat_statements.track
        pg_stat_statements.track_utility pgaudit.log pgaudit.log_catalog pgaudit.log_client pgaudit.log_level pgaudit.log_parameter
        pgaudit.log_relation pgaudit.log_statement_once pgaudit.role pglogical.batch_inserts pglogical.conflict_log_level
        pglogical.conflict_resolution pglogical.extra_connection_options pglogical.synchronous_commit pglogical.use_spi
        plan_cache_mode random_page_cost rdkit.do_chiral_sss replacement_sort_tuples seq_page_cost session_replication_role
        shared_buffers ssl_max_protocol_version ssl_min_protocol_version statement_timeout synchronous_commit tcp_keepalives_count
        tcp_keepalives_idle tcp_keepalives_interval temp_buffers temp_file_limit timezone trace_notify trace_recovery_messages
        trace_sort track_activities track_activity_query_size track_commit_timestamp track_counts track_functions track_io_timing
        vacuum_cost_delay vacuum_cost_limit vacuum_cost_page_dirty vacuum_cost_page_hit vacuum_cost_page_miss vacuum_failsafe_age
        vacuum_freeze_min_age vacuum_freeze_table_age vacuum_multixact_freeze_min_age vacuum_multixact_freeze_table_age
        wal_buffers wal_compression wal_receiver_timeout wal_sender_timeout work_mem
        """
    )
)
"""https://cloud.google.com/sql/docs/postgres/flags"""
